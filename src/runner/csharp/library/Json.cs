// JSON values, read strictly: RFC 8259, nothing more. Numbers keep their text, so that none loses a
// digit before it is asked for.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;

/// <summary>The kinds of JSON values.</summary>
public enum JsonKind { Null, Boolean, Number, String, Array, Object }

/// <summary>A JSON value that cannot be changed.</summary>
public sealed class JsonValue : IEnumerable<JsonValue> {
  /// <summary>null</summary>
  public static readonly JsonValue Null = new JsonValue(JsonKind.Null, "null");
  internal static readonly JsonValue True = new JsonValue(JsonKind.Boolean, "true");
  internal static readonly JsonValue False = new JsonValue(JsonKind.Boolean, "false");

  readonly string text;
  readonly List<JsonValue> items;
  readonly Dictionary<string, JsonValue> members;

  internal JsonValue(JsonKind kind, string text) {
    Kind = kind;
    this.text = text;
  }
  internal JsonValue(List<JsonValue> items) {
    Kind = JsonKind.Array;
    this.items = items;
  }
  internal JsonValue(Dictionary<string, JsonValue> members) {
    Kind = JsonKind.Object;
    this.members = members;
  }

  /// <summary>Reads one JSON text; FormatException when it is none.</summary>
  public static JsonValue Parse(string text) { return new NeoServiceLayer.JsonReader(text).ReadAll(); }

  public JsonKind Kind { get; }
  public bool IsNull { get { return Kind == JsonKind.Null; } }

  /// <summary>Values of an array, members of an object.</summary>
  public int Count { get { return items != null ? items.Count : members != null ? members.Count : 0; } }

  /// <summary>The member of that name; Null when there is none.</summary>
  public JsonValue this[string name] {
    get {
      JsonValue value;
      if (IsNull) return Null;
      return Want(JsonKind.Object, members).TryGetValue(name, out value) ? value : Null;
    }
  }

  /// <summary>The value at that place of an array.</summary>
  public JsonValue this[int index] { get { return Want(JsonKind.Array, items)[index]; } }

  public bool Has(string name) { return members != null && members.ContainsKey(name); }
  public IEnumerable<string> Keys { get { return Want(JsonKind.Object, members).Keys; } }
  public IEnumerator<JsonValue> GetEnumerator() { return Want(JsonKind.Array, items).GetEnumerator(); }
  IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }
  internal IEnumerable<KeyValuePair<string, JsonValue>> Members { get { return Want(JsonKind.Object, members); } }

  public bool AsBool() { return ReferenceEquals(Want(JsonKind.Boolean, this), True); }
  public string AsString() { return IsNull ? null : Want(JsonKind.String, text); }
  public int AsInt() { return checked((int)AsLong()); }
  public long AsLong() {
    return long.Parse(Want(JsonKind.Number, text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
  }
  public double AsDouble() {
    return double.Parse(Want(JsonKind.Number, text), NumberStyles.Float, CultureInfo.InvariantCulture);
  }
  /// <summary>Exact, or an OverflowException; a text such as "1.5" is read too, for amounts.</summary>
  public decimal AsDecimal() {
    string digits = Kind == JsonKind.String ? text : Want(JsonKind.Number, text);
    return decimal.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
  }
  public BigInteger AsBigInteger() {
    return BigInteger.Parse(Want(JsonKind.Number, text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
  }

  /// <summary>As a type of one's own: fields, properties or the parameters of its constructor.</summary>
  public T As<T>() { return (T)NeoServiceLayer.JsonBinder.Bind(this, typeof(T), "the value"); }

  public static explicit operator bool(JsonValue value) { return value.AsBool(); }
  public static explicit operator int(JsonValue value) { return value.AsInt(); }
  public static explicit operator long(JsonValue value) { return value.AsLong(); }
  public static explicit operator double(JsonValue value) { return value.AsDouble(); }
  public static explicit operator decimal(JsonValue value) { return value.AsDecimal(); }
  public static explicit operator BigInteger(JsonValue value) { return value.AsBigInteger(); }
  public static explicit operator string(JsonValue value) { return value.AsString(); }

  /// <summary>A string's own text; of every other value its JSON.</summary>
  public override string ToString() { return Kind == JsonKind.String ? text : ToJson(); }
  public string ToJson() { return NeoServiceLayer.JsonWriter.Write(this, "The value"); }
  // Of a number, a boolean or null: its JSON.
  internal string Text { get { return text; } }

  T Want<T>(JsonKind wanted, T value) {
    if (Kind == wanted) return value;
    throw new InvalidOperationException("The JSON value is of kind " + Kind + ", not " + wanted);
  }
}

namespace NeoServiceLayer {
  internal sealed class JsonReader {
    // As deep as the supervisor reads (abi::kJsonDepthMax).
    internal const int DepthMax = 256;
    readonly string text;
    int at;

    internal JsonReader(string text) { this.text = text; }

    internal JsonValue ReadAll() {
      JsonValue value = ReadValue(0);
      SkipSpace();
      if (at != text.Length) throw Refusal();
      return value;
    }

    FormatException Refusal() { return new FormatException("Not JSON: at character " + at); }

    char Peek() { return at < text.Length ? text[at] : '\0'; }

    void SkipSpace() {
      while (at < text.Length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) at++;
    }

    bool Take(char wanted) {
      if (at >= text.Length || text[at] != wanted) return false;
      at++;
      return true;
    }

    void Expect(char wanted) {
      if (!Take(wanted)) throw Refusal();
    }

    JsonValue Word(string word, JsonValue value) {
      if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) throw Refusal();
      at += word.Length;
      return value;
    }

    JsonValue ReadValue(int depth) {
      SkipSpace();
      if (depth > DepthMax) throw Refusal();
      switch (Peek()) {
        case '{': return ReadObject(depth);
        case '[': return ReadArray(depth);
        case '"': return new JsonValue(JsonKind.String, ReadString());
        case 't': return Word("true", JsonValue.True);
        case 'f': return Word("false", JsonValue.False);
        case 'n': return Word("null", JsonValue.Null);
        default: return new JsonValue(JsonKind.Number, ReadNumber());
      }
    }

    JsonValue ReadObject(int depth) {
      var members = new Dictionary<string, JsonValue>();
      at++;
      SkipSpace();
      if (Take('}')) return new JsonValue(members);
      do {
        SkipSpace();
        if (Peek() != '"') throw Refusal();
        string name = ReadString();
        SkipSpace();
        Expect(':');
        members[name] = ReadValue(depth + 1);
        SkipSpace();
      } while (Take(','));
      Expect('}');
      return new JsonValue(members);
    }

    JsonValue ReadArray(int depth) {
      var items = new List<JsonValue>();
      at++;
      SkipSpace();
      if (Take(']')) return new JsonValue(items);
      do {
        items.Add(ReadValue(depth + 1));
        SkipSpace();
      } while (Take(','));
      Expect(']');
      return new JsonValue(items);
    }

    string ReadString() {
      int begin = ++at;
      while (at < text.Length && text[at] != '"' && text[at] != '\\' && text[at] >= ' ') at++;
      if (Peek() == '"' && at < text.Length) return text.Substring(begin, at++ - begin);
      var plain = new StringBuilder(text, begin, at - begin, Math.Max(16, 2 * (at - begin)));
      while (at < text.Length && text[at] != '"') {
        if (text[at] < ' ') throw Refusal();
        if (text[at] == '\\') {
          at++;
          plain.Append(ReadEscape());
        } else {
          plain.Append(text[at++]);
        }
      }
      Expect('"');
      return plain.ToString();
    }

    char ReadEscape() {
      int place = "\"\\/bfnrt".IndexOf(Peek());
      if (at >= text.Length) throw Refusal();
      if (place >= 0) {
        at++;
        return "\"\\/\b\f\n\r\t"[place];
      }
      Expect('u');
      int unit = 0;
      for (int i = 0; i < 4; i++) {
        int digit = "0123456789abcdef".IndexOf(char.ToLowerInvariant(Peek()));
        if (at >= text.Length || digit < 0) throw Refusal();
        unit = unit * 16 + digit;
        at++;
      }
      return (char)unit;
    }

    string ReadNumber() {
      int begin = at;
      Take('-');
      if (!Take('0')) SkipDigits();
      if (Take('.')) SkipDigits();
      if (Take('e') || Take('E')) {
        if (!Take('+')) Take('-');
        SkipDigits();
      }
      return text.Substring(begin, at - begin);
    }

    // At least one.
    void SkipDigits() {
      int begin = at;
      while (at < text.Length && text[at] >= '0' && text[at] <= '9') at++;
      if (at == begin) throw Refusal();
    }
  }
}
