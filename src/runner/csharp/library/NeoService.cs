// The host API. Every call exists twice: GetAsync gives a Task to await, Get its value at once.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using System.Threading.Tasks;
using NeoServiceLayer;

/// <summary>What a function can do beyond computing.</summary>
public static class NeoService {
  /// <summary>A line of the log. Levels: debug, info, warning, error.</summary>
  public static void Log(string level, params object[] values) {
    if (!Natives.IsLogFull()) Natives.Log(Host.ToLevel(level), string.Join(" ", values));
  }

  public static class Secrets {
    public static Task<string> GetAsync(string name) {
      return Host.Call("secrets.get", new Arguments { { "name", Host.Text(name, "name") } }, value => value.AsString());
    }
    public static string Get(string name) { return Host.Wait(GetAsync(name)); }
    public static Task<string> GetSecretAsync(string name) { return GetAsync(name); }
    public static string GetSecret(string name) { return Get(name); }
  }

  public static class Storage {
    /// <summary>JsonValue.Null when there is none.</summary>
    public static Task<JsonValue> GetAsync(string key) {
      return Host.Call("storage.get", new Arguments { { "key", Host.Text(key, "key") } }, value => value);
    }
    public static JsonValue Get(string key) { return Host.Wait(GetAsync(key)); }
    public static async Task<T> GetAsync<T>(string key) { return (await GetAsync(key)).As<T>(); }
    public static T Get<T>(string key) { return Get(key).As<T>(); }
    public static Task SetAsync(string key, object value) {
      return Host.Call("storage.set", new Arguments { { "key", Host.Text(key, "key") }, { "value", value } }, reply => reply);
    }
    public static void Set(string key, object value) { Host.Wait((Task<JsonValue>)SetAsync(key, value)); }
  }

  public static class Http {
    /// <summary>Https to the hosts of the deployment's egress only. The body is a string or bytes.</summary>
    public static Task<Response> FetchAsync(string url, string method = "GET", Headers headers = null,
                                            object body = null) {
      var request = new Arguments {
        { "url", Host.Text(url, "url") },
        { "method", method.ToUpperInvariant() },
        { "headers", (headers ?? new Headers()).ToPlain() },
      };
      if (body is byte[]) {
        request.Add("body_base64", Convert.ToBase64String((byte[])body));
      } else if (body != null) {
        request.Add("body", Host.Text(body as string, "body"));
      }
      return Host.Call("http.fetch", request, Host.ToResponse);
    }
    public static Response Fetch(string url, string method = "GET", Headers headers = null, object body = null) {
      return Host.Wait(FetchAsync(url, method, headers, body));
    }
  }

  public static class Wallet {
    /// <summary>{signature, public_key}. The data is a string or bytes; encodings: raw, neo_message.</summary>
    public static Task<JsonValue> SignAsync(string wallet, object data, string encoding = "raw") {
      byte[] bytes = data as byte[] ?? Encoding.UTF8.GetBytes(Host.Text(data as string, "data"));
      return Host.Call("wallet.sign", new Arguments {
        { "encoding", encoding },
        { "wallet", Host.Text(wallet, "wallet") },
        { "data", Convert.ToBase64String(bytes) },
      }, value => value);
    }
    public static JsonValue Sign(string wallet, object data, string encoding = "raw") {
      return Host.Wait(SignAsync(wallet, data, encoding));
    }
    /// <summary>{transaction, valid_until_block}, once it is sent.</summary>
    public static Task<JsonValue> InvokeAsync(string wallet, string contract, string method, object[] args = null,
                                              object options = null) {
      Arguments call = Host.More(options);
      call.Add("wallet", Host.Text(wallet, "wallet"));
      call.Add("contract", Host.Text(contract, "contract"));
      call.Add("method", Host.Text(method, "method"));
      call.Add("args", Host.ContractArguments(args));
      return Host.Call("wallet.invoke", call, value => value);
    }
    public static JsonValue Invoke(string wallet, string contract, string method, object[] args = null,
                                   object options = null) {
      return Host.Wait(InvokeAsync(wallet, contract, method, args, options));
    }
    /// <summary>The asset is NEO, GAS or a token's contract; the amount a decimal, a whole number or a text.</summary>
    public static Task<JsonValue> TransferAsync(string wallet, string asset, string to, object amount,
                                                object options = null) {
      Arguments call = Host.More(options);
      call.Add("wallet", Host.Text(wallet, "wallet"));
      call.Add("asset", Host.Text(asset, "asset"));
      call.Add("to", Host.Text(to, "to"));
      call.Add("amount", Host.Amount(amount));
      return Host.Call("wallet.transfer", call, value => value);
    }
    public static JsonValue Transfer(string wallet, string asset, string to, object amount, object options = null) {
      return Host.Wait(TransferAsync(wallet, asset, to, amount, options));
    }
  }

  public static class Blockchain {
    public static Task<long> GetBlockHeightAsync() {
      return Host.Call("blockchain.getBlockHeight", new Arguments(), value => value.AsLong());
    }
    public static long GetBlockHeight() { return Host.Wait(GetBlockHeightAsync()); }
    /// <summary>By index or hash, with its proof.</summary>
    public static Task<JsonValue> GetBlockAsync(object block) {
      return Host.Call("blockchain.getBlock", new Arguments { { "block", block } }, value => value);
    }
    public static JsonValue GetBlock(object block) { return Host.Wait(GetBlockAsync(block)); }
    public static Task<JsonValue> GetTransactionAsync(string hash) {
      return Host.Call("blockchain.getTransaction", new Arguments { { "hash", Host.Text(hash, "hash") } }, value => value);
    }
    public static JsonValue GetTransaction(string hash) { return Host.Wait(GetTransactionAsync(hash)); }
    public static Task<JsonValue> GetApplicationLogAsync(string hash, string cursor = "") {
      return Host.Call("blockchain.getApplicationLog", new Arguments {
        { "hash", Host.Text(hash, "hash") },
        { "cursor", Host.Text(cursor, "cursor") },
      }, value => value);
    }
    public static JsonValue GetApplicationLog(string hash, string cursor = "") {
      return Host.Wait(GetApplicationLogAsync(hash, cursor));
    }
    /// <summary>{asset, symbol, amount, decimals}; the asset is NEO, GAS or a contract.</summary>
    public static Task<JsonValue> GetBalanceAsync(string address, string asset) {
      return Host.Call("blockchain.getBalance", new Arguments {
        { "address", Host.Text(address, "address") },
        { "asset", Host.Text(asset, "asset") },
      }, value => value);
    }
    public static JsonValue GetBalance(string address, string asset) { return Host.Wait(GetBalanceAsync(address, asset)); }
    /// <summary>{state, exception, gas_consumed, stack}; reads only.</summary>
    public static Task<JsonValue> CallAsync(string contract, string method, params object[] args) {
      return Host.Call("blockchain.call", new Arguments {
        { "contract", Host.Text(contract, "contract") },
        { "method", Host.Text(method, "method") },
        { "args", Host.ContractArguments(args) },
      }, value => value);
    }
    public static JsonValue Call(string contract, string method, params object[] args) {
      return Host.Wait(CallAsync(contract, method, args));
    }
  }

  public static class Time {
    /// <summary>Milliseconds since 1970; recorded, so that a run can be repeated.</summary>
    public static Task<long> NowAsync() { return Host.Call("time.now", new Arguments(), value => value.AsLong()); }
    public static long Now() { return Host.Wait(NowAsync()); }
  }

  public static class Random {
    public static Task<byte[]> BytesAsync(int count) {
      return Host.Call("random.bytes", new Arguments { { "count", count } },
                       value => Convert.FromBase64String(value.AsString()));
    }
    public static byte[] Bytes(int count) { return Host.Wait(BytesAsync(count)); }
  }
}

namespace NeoServiceLayer {
  // Members of a call's argument object, in order.
  internal sealed class Arguments : Dictionary<string, object> {}

  internal static class Host {
    // The largest whole number that every reader of JSON keeps exactly (RFC 8259, section 6).
    static readonly BigInteger SafeInteger = new BigInteger(9007199254740991);

    internal static Task<T> Call<T>(string method, Arguments arguments, Func<JsonValue, T> convert) {
      var source = new TaskCompletionSource<T>();
      Loop.Send(method, JsonWriter.Write(arguments, "The call"), (code, value) => {
        if (code.Length > 0) {
          source.SetException(new NeoServiceException(code, value));
          return;
        }
        T result;
        try {
          result = convert(JsonValue.Parse(value));
        } catch (Exception error) {
          source.SetException(error);
          return;
        }
        source.SetResult(result);
      });
      return source.Task;
    }

    internal static T Wait<T>(Task<T> task) {
      Loop.RunUntilDone(task);
      return task.GetAwaiter().GetResult();
    }

    internal static int ToLevel(string level) {
      switch ((level ?? "").ToLowerInvariant()) {
        case "debug": return 0;
        case "warn":
        case "warning": return 2;
        case "error": return 3;
        default: return 1;
      }
    }

    // A wrong argument is the caller's mistake, named at once.
    internal static string Text(string value, string what) {
      if (value == null) throw new ArgumentException(what + " must be a string");
      return value;
    }

    // A decimal text. A double holds most amounts only nearly.
    internal static string Amount(object value) {
      if (value is string) return (string)value;
      if (value is decimal) return ((decimal)value).ToString(CultureInfo.InvariantCulture);
      if (IsWhole(value)) return ((IFormattable)value).ToString("D", CultureInfo.InvariantCulture);
      throw new ArgumentException("an amount must be a decimal, a whole number or a string, not " + NameOf(value));
    }

    static bool IsWhole(object value) {
      return value is int || value is long || value is uint || value is ulong || value is short || value is ushort ||
             value is byte || value is sbyte || value is BigInteger;
    }

    static string NameOf(object value) { return value == null ? "null" : value.GetType().Name; }

    internal static object[] ContractArguments(IEnumerable args) {
      return args == null ? new object[0] : args.Cast<object>().Select(ContractArgument).ToArray();
    }

    // Contracts know whole numbers only.
    static object ContractArgument(object value) {
      if (value == null || value is bool || value is string) return value;
      if (IsWhole(value)) {
        BigInteger number = BigInteger.Parse(Amount(value), CultureInfo.InvariantCulture);
        if (BigInteger.Abs(number) <= SafeInteger) return value;
        return new Arguments { { "type", "Integer" }, { "value", number.ToString(CultureInfo.InvariantCulture) } };
      }
      if (value is byte[]) {
        return new Arguments { { "type", "ByteArray" }, { "value", Convert.ToBase64String((byte[])value) } };
      }
      if (value is IDictionary || value is JsonValue || IsAnonymous(value.GetType())) {
        JsonValue given = JsonValue.Parse(JsonWriter.Write(value, "The argument"));
        bool isNumber = given.Kind == JsonKind.Number;
        if (isNumber) return ContractArgument(given.AsBigInteger());
        if (given.Kind != JsonKind.Object || (given.Has("type") && given.Has("value") && given.Count == 2)) return given;
      } else if (value is IEnumerable) {
        return ContractArguments((IEnumerable)value);
      }
      throw new ArgumentException("a contract takes no " + NameOf(value) +
                                  ": give a whole number, a string, bytes or {type, value}");
    }

    static bool IsAnonymous(Type type) { return type.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal); }

    // Options of a call, from an object or a dictionary.
    internal static Arguments More(object options) {
      var more = new Arguments();
      if (options == null) return more;
      if (options is IDictionary) {
        foreach (DictionaryEntry entry in (IDictionary)options) more.Add((string)entry.Key, entry.Value);
      } else {
        foreach (var property in options.GetType().GetProperties()) more.Add(property.Name, property.GetValue(options, null));
      }
      foreach (var one in more) {
        if (one.Value is double || one.Value is float) {
          throw new ArgumentException(one.Key + " must not be a " + NameOf(one.Value) + ": it holds amounts only nearly");
        }
      }
      foreach (string name in more.Keys.ToArray()) {
        if (more[name] is decimal) more[name] = Amount(more[name]);
      }
      return more;
    }

    internal static Response ToResponse(JsonValue reply) {
      byte[] body = reply.Has("body_base64") ? Convert.FromBase64String(reply["body_base64"].AsString())
          : Encoding.UTF8.GetBytes(reply["body"].AsString() ?? "");
      var response = new Response(body, reply["status"].AsInt()) { Url = reply["url"].AsString() ?? "" };
      if (!reply["headers"].IsNull) {
        foreach (JsonValue pair in reply["headers"]) response.Headers.Add(pair[0].AsString(), pair[1].AsString());
      }
      return response;
    }
  }
}
