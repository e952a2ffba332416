// What a function gets and gives beside plain values.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text;

/// <summary>A host call was refused. Code is stable: NSL-SECRET-0002.</summary>
public class NeoServiceException : Exception {
  public NeoServiceException(string code, string message) : base(message) { Code = code; }
  public string Code { get; }
}

/// <summary>What a run is told of itself.</summary>
public sealed class Context {
  readonly JsonValue values;
  internal Context(JsonValue values) { this.values = values; }

  public JsonValue this[string name] { get { return values[name]; } }
  public string RunId { get { return values["run_id"].AsString(); } }
  public string Function { get { return values["function"].AsString(); } }
  public JsonValue Version { get { return values["version"]; } }
  public JsonValue Trigger { get { return values["trigger"]; } }
  public JsonValue Environment { get { return values["environment"]; } }
  public override string ToString() { return values.ToJson(); }
  internal JsonValue Values { get { return values; } }
}

/// <summary>Headers by name, whatever its case; several values of one name are joined.</summary>
public sealed class Headers : IEnumerable<KeyValuePair<string, string>> {
  readonly List<KeyValuePair<string, string>> pairs = new List<KeyValuePair<string, string>>();

  public void Add(string name, string value) {
    pairs.Add(new KeyValuePair<string, string>(name.ToLowerInvariant(), value));
  }
  public string this[string name] {
    get {
      string[] values = pairs.Where(pair => pair.Key == name.ToLowerInvariant()).Select(pair => pair.Value).ToArray();
      return values.Length == 0 ? null : string.Join(", ", values);
    }
    set {
      pairs.RemoveAll(pair => pair.Key == name.ToLowerInvariant());
      Add(name, value);
    }
  }
  public IEnumerator<KeyValuePair<string, string>> GetEnumerator() { return pairs.GetEnumerator(); }
  IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }
  internal object ToPlain() { return pairs.Select(pair => new[] { pair.Key, pair.Value }).ToArray(); }
}

/// <summary>The answer of Http.Fetch, and what a Fetch handler may return.</summary>
public sealed class Response {
  readonly byte[] body;

  public Response(string body = "", int status = 200) : this(Encoding.UTF8.GetBytes(body ?? ""), status) {}
  public Response(byte[] body, int status = 200) {
    this.body = body;
    Status = status;
    Headers = new Headers();
    Url = "";
  }

  public int Status { get; set; }
  public Headers Headers { get; set; }
  public string Url { get; internal set; }
  public bool Ok { get { return Status >= 200 && Status < 300; } }
  public string Text() { return Encoding.UTF8.GetString(body); }
  public JsonValue Json() { return JsonValue.Parse(Text()); }
  public byte[] Bytes() { return (byte[])body.Clone(); }

  internal object ToPlain() {
    return new Dictionary<string, object> { { "status", Status }, { "headers", Headers.ToPlain() }, { "body", Text() } };
  }
}
