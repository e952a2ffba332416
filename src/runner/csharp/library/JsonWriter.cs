// Values to JSON, strictly: what JSON cannot say is refused, not changed.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace NeoServiceLayer {
  /// <summary>A value that JSON cannot say.</summary>
  internal sealed class JsonWriteException : InvalidOperationException {
    internal JsonWriteException(string message) : base(message) {}
  }

  internal sealed class JsonWriter {
    readonly StringBuilder text = new StringBuilder();
    readonly string what;

    JsonWriter(string what) { this.what = what; }

    // `what` begins the sentence of a refusal.
    internal static string Write(object value, string what) {
      var writer = new JsonWriter(what);
      writer.WriteValue(value, 0);
      return writer.text.ToString();
    }

    Exception Refusal(string why) { return new JsonWriteException(what + " is not JSON: " + why); }

    void WriteValue(object value, int depth) {
      if (depth > JsonReader.DepthMax) throw Refusal("it is nested too deeply");
      if (value == null) {
        text.Append("null");
      } else if (value is string) {
        WriteString((string)value);
      } else if (value is JsonValue) {
        WriteJson((JsonValue)value, depth);
      } else if (value is bool) {
        text.Append((bool)value ? "true" : "false");
      } else if (!WriteNumber(value) && !WriteText(value)) {
        WriteOther(value, depth);
      }
    }

    bool WriteNumber(object value) {
      if (value is Enum) {
        text.Append(((Enum)value).ToString("D"));
      } else if (value is double || value is float) {
        double number = Convert.ToDouble(value);
        if (double.IsNaN(number) || double.IsInfinity(number)) throw Refusal("it holds a number that is not finite");
        text.Append(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture));
      } else if (value is decimal || value is BigInteger || value is int || value is long || value is uint ||
                 value is ulong || value is short || value is ushort || value is byte || value is sbyte) {
        text.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
      } else {
        return false;
      }
      return true;
    }

    bool WriteText(object value) {
      if (value is char || value is Guid || value is Uri) {
        WriteString(value.ToString());
      } else if (value is DateTime || value is DateTimeOffset) {
        WriteString(((IFormattable)value).ToString("O", CultureInfo.InvariantCulture));
      } else {
        return false;
      }
      return true;
    }

    void WriteOther(object value, int depth) {
      if (value is Delegate || value is Type || value is System.Threading.Tasks.Task || value is byte[] ||
          value is IntPtr || value is MemberInfo || value is Assembly) {
        string name = value.GetType().Name;
        string hint = value is System.Threading.Tasks.Task ? "it holds a Task that was not awaited"
            : value is byte[] ? "it holds bytes: use Convert.ToBase64String" : "it holds a " + name;
        throw Refusal(hint);
      }
      if (value is IDictionary) {
        WriteDictionary((IDictionary)value, depth);
      } else if (value is ITuple) {
        var tuple = (ITuple)value;
        text.Append('[');
        for (int i = 0; i < tuple.Length; i++) WriteItem(tuple[i], i, depth);
        text.Append(']');
      } else if (value is IEnumerable) {
        text.Append('[');
        int index = 0;
        foreach (object item in (IEnumerable)value) WriteItem(item, index++, depth);
        text.Append(']');
      } else {
        WriteMembers(value, depth);
      }
    }

    void WriteItem(object item, int index, int depth) {
      if (index > 0) text.Append(',');
      WriteValue(item, depth + 1);
    }

    void WriteName(string name, ref bool isFirst) {
      if (!isFirst) text.Append(',');
      isFirst = false;
      WriteString(name);
      text.Append(':');
    }

    void WriteDictionary(IDictionary dictionary, int depth) {
      bool isFirst = true;
      text.Append('{');
      foreach (DictionaryEntry entry in dictionary) {
        var name = entry.Key as string;
        if (name == null) throw Refusal("its keys must be strings, not " + entry.Key.GetType().Name);
        WriteName(name, ref isFirst);
        WriteValue(entry.Value, depth + 1);
      }
      text.Append('}');
    }

    // Public properties and fields, as they are called.
    void WriteMembers(object value, int depth) {
      bool isFirst = true;
      text.Append('{');
      const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;
      foreach (PropertyInfo property in value.GetType().GetProperties(Public)) {
        if (property.GetIndexParameters().Length > 0 || property.GetGetMethod() == null) continue;
        WriteName(property.Name, ref isFirst);
        try {
          // Not GetValue, which makes machine code for each type.
          WriteValue(property.GetGetMethod().Invoke(value, null), depth + 1);
        } catch (TargetInvocationException error) {
          throw Refusal(property.Name + " failed: " + error.InnerException.Message);
        }
      }
      foreach (FieldInfo field in value.GetType().GetFields(Public)) {
        WriteName(field.Name, ref isFirst);
        WriteValue(field.GetValue(value), depth + 1);
      }
      text.Append('}');
    }

    void WriteJson(JsonValue value, int depth) {
      bool isFirst = true;
      switch (value.Kind) {
        case JsonKind.String:
          WriteString(value.Text);
          break;
        case JsonKind.Array:
          text.Append('[');
          for (int i = 0; i < value.Count; i++) WriteItem(value[i], i, depth);
          text.Append(']');
          break;
        case JsonKind.Object:
          text.Append('{');
          foreach (KeyValuePair<string, JsonValue> member in value.Members) {
            WriteName(member.Key, ref isFirst);
            WriteValue(member.Value, depth + 1);
          }
          text.Append('}');
          break;
        default:
          text.Append(value.Text);
          break;
      }
    }

    void WriteString(string value) {
      text.Append('"');
      int begin = 0;
      for (int i = 0; i < value.Length; i++) {
        char c = value[i];
        bool isHalf = char.IsSurrogate(c) && !IsPaired(value, i);
        if (c >= ' ' && c != '"' && c != '\\' && !isHalf) continue;
        text.Append(value, begin, i - begin);
        begin = i + 1;
        int place = "\"\\\b\f\n\r\t".IndexOf(c);
        if (place >= 0) {
          text.Append('\\').Append("\"\\bfnrt"[place]);
        } else {
          text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
      }
      text.Append(value, begin, value.Length - begin).Append('"');
    }

    static bool IsPaired(string value, int index) {
      return char.IsHighSurrogate(value[index])
          ? index + 1 < value.Length && char.IsLowSurrogate(value[index + 1])
          : index > 0 && char.IsHighSurrogate(value[index - 1]);
    }
  }
}
