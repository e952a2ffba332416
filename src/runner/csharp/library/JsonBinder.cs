// JSON values as types of the function's own.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Reflection;

namespace NeoServiceLayer {
  internal static class JsonBinder {
    const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;

    // `what` names the place in a refusal.
    internal static object Bind(JsonValue value, Type type, string what) {
      if (type == typeof(JsonValue) || type == typeof(object)) return value;
      Type inner = Nullable.GetUnderlyingType(type);
      if (value.IsNull) {
        if (!type.IsValueType || inner != null) return null;
        throw new ArgumentException(what + " is null, not a " + type.Name);
      }
      try {
        return BindPresent(value, inner ?? type, what);
      } catch (Exception error) when (error is InvalidOperationException || error is OverflowException ||
                                      error is FormatException) {
        throw new ArgumentException(what + " is not a " + type.Name + ": " + error.Message);
      }
    }

    static object BindPresent(JsonValue value, Type type, string what) {
      if (type == typeof(string)) return value.AsString();
      if (type == typeof(bool)) return value.AsBool();
      if (type == typeof(decimal)) return value.AsDecimal();
      if (type == typeof(BigInteger)) return value.AsBigInteger();
      if (type == typeof(double)) return value.AsDouble();
      if (type == typeof(float)) return (float)value.AsDouble();
      if (type == typeof(Guid)) return Guid.Parse(value.AsString());
      if (type == typeof(DateTime)) {
        return DateTime.Parse(value.AsString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
      }
      if (type.IsEnum) {
        return value.Kind == JsonKind.String ? Enum.Parse(type, value.AsString()) : Enum.ToObject(type, value.AsLong());
      }
      if (type.IsPrimitive) return ((IConvertible)value.AsDecimal()).ToType(type, CultureInfo.InvariantCulture);
      if (value.Kind == JsonKind.Array) return BindList(value, type, what);
      if (typeof(IDictionary).IsAssignableFrom(type) && type.IsGenericType) return BindDictionary(value, type, what);
      return BindObject(value, type, what);
    }

    static object BindList(JsonValue value, Type type, string what) {
      Type item = type.IsArray ? type.GetElementType()
          : type.IsGenericType ? type.GetGenericArguments()[0] : typeof(object);
      var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item));
      for (int i = 0; i < value.Count; i++) list.Add(Bind(value[i], item, what + "[" + i + "]"));
      if (!type.IsArray) return list;
      Array array = Array.CreateInstance(item, list.Count);
      list.CopyTo(array, 0);
      return array;
    }

    static object BindDictionary(JsonValue value, Type type, string what) {
      var dictionary = (IDictionary)Activator.CreateInstance(type);
      Type item = type.GetGenericArguments()[1];
      foreach (var member in value.Members) dictionary[member.Key] = Bind(member.Value, item, what + "." + member.Key);
      return dictionary;
    }

    static JsonValue Find(JsonValue value, string name) {
      foreach (var member in value.Members) {
        if (string.Equals(member.Key, name, StringComparison.OrdinalIgnoreCase)) return member.Value;
      }
      return null;
    }

    static object BindObject(JsonValue value, Type type, string what) {
      ConstructorInfo constructor = type.GetConstructors(Public).OrderBy(one => one.GetParameters().Length).FirstOrDefault();
      if (constructor == null && !type.IsValueType) throw new ArgumentException(type.Name + " has no constructor");
      object made = constructor == null ? Activator.CreateInstance(type)
          : constructor.Invoke(constructor.GetParameters().Select(one => BindParameter(value, one, what)).ToArray());
      foreach (PropertyInfo property in type.GetProperties(Public)) {
        JsonValue member = Find(value, property.Name);
        if (member == null || property.GetSetMethod() == null) continue;
        property.SetValue(made, Bind(member, property.PropertyType, what + "." + property.Name), null);
      }
      foreach (FieldInfo field in type.GetFields(Public)) {
        JsonValue member = Find(value, field.Name);
        if (member != null) field.SetValue(made, Bind(member, field.FieldType, what + "." + field.Name));
      }
      return made;
    }

    static object BindParameter(JsonValue value, ParameterInfo parameter, string what) {
      JsonValue member = Find(value, parameter.Name);
      if (member == null && parameter.HasDefaultValue) return parameter.DefaultValue;
      return Bind(member ?? JsonValue.Null, parameter.ParameterType, what + "." + parameter.Name);
    }
  }
}
