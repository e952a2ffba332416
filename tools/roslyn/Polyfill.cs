// What the compiler uses of later .NET versions and Debian's Mono has not. Substitutes stand for
// missing members (Retarget.cs); the other types stand for themselves.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;

namespace System {
  // Only ever compared, in the printing of constants.
  public struct Half {
    public static bool IsNaN(Half value) { return false; }
    public static bool operator <(Half left, Half right) { throw new NotSupportedException(); }
    public static bool operator >(Half left, Half right) { throw new NotSupportedException(); }
  }
}

namespace System.Numerics {
  public static class BitOperations {
    public static int Log2(uint value) {
      int result = 0;
      while ((value >>= 1) != 0) result++;
      return result;
    }
  }
}

namespace System.Text {
  // Functions are UTF-8; there are no code pages.
  public sealed class CodePagesEncodingProvider : EncodingProvider {
    static readonly EncodingProvider instance = new CodePagesEncodingProvider();
    public static EncodingProvider Instance { get { return instance; } }
    public override Encoding GetEncoding(int codepage) { return null; }
    public override Encoding GetEncoding(string name) { return null; }
  }
}

namespace System.Runtime.Loader {
  // Analyzers and generators would be loaded here; there are none.
  public class AssemblyLoadContext {
    protected AssemblyLoadContext() {}
    protected AssemblyLoadContext(bool isCollectible) {}
    protected virtual Assembly Load(AssemblyName name) { return null; }
    protected virtual IntPtr LoadUnmanagedDll(string name) { return IntPtr.Zero; }
    protected IntPtr LoadUnmanagedDllFromPath(string path) { throw new NotSupportedException(); }
    public Assembly LoadFromAssemblyName(AssemblyName name) { return Assembly.Load(name); }
    public Assembly LoadFromAssemblyPath(string path) { throw new NotSupportedException(); }
    public Assembly LoadFromStream(IO.Stream stream) { throw new NotSupportedException(); }
    public void Unload() {}
    public static AssemblyLoadContext GetLoadContext(Assembly assembly) { return null; }
  }
}

namespace System.Collections.Generic {
  public interface IReadOnlySet<T> : IReadOnlyCollection<T> {
    bool Contains(T item);
    bool IsProperSubsetOf(IEnumerable<T> other);
    bool IsProperSupersetOf(IEnumerable<T> other);
    bool IsSubsetOf(IEnumerable<T> other);
    bool IsSupersetOf(IEnumerable<T> other);
    bool Overlaps(IEnumerable<T> other);
    bool SetEquals(IEnumerable<T> other);
  }
}

namespace System.Diagnostics.CodeAnalysis {
  public sealed class MemberNotNullAttribute : Attribute {
    public MemberNotNullAttribute(string member) {}
    public MemberNotNullAttribute(params string[] members) {}
  }
  public sealed class MemberNotNullWhenAttribute : Attribute {
    public MemberNotNullWhenAttribute(bool value, string member) {}
    public MemberNotNullWhenAttribute(bool value, params string[] members) {}
  }
}

namespace System.Runtime.Versioning {
  public sealed class SupportedOSPlatformGuardAttribute : Attribute {
    public SupportedOSPlatformGuardAttribute(string platform) {}
  }
}

namespace System.Runtime.CompilerServices {
  public static class IsExternalInit {}
  public sealed class CompilerFeatureRequiredAttribute : Attribute {
    public CompilerFeatureRequiredAttribute(string feature) {}
    public bool IsOptional { get; set; }
  }

  public struct DefaultInterpolatedStringHandler {
    readonly StringBuilder text;
    public DefaultInterpolatedStringHandler(int literals, int holes) { text = new StringBuilder(); }
    public void AppendLiteral(string value) { text.Append(value); }
    public void AppendFormatted(string value) { text.Append(value); }
    public void AppendFormatted<T>(T value) { text.Append(value); }
    public void AppendFormatted<T>(T value, string format) { text.AppendFormat("{0:" + format + "}", value); }
    public void AppendFormatted(object value, int width, string format) {
      text.AppendFormat("{0," + width + (format == null ? "" : ":" + format) + "}", value);
    }
    public string ToStringAndClear() { return text.ToString(); }
  }
}

namespace NeoServiceLayer.Polyfill {
  public struct AppendInterpolatedStringHandler {
    readonly StringBuilder text;
    public AppendInterpolatedStringHandler(int literals, int holes, StringBuilder into) { text = into; }
    public void AppendLiteral(string value) { text.Append(value); }
    public void AppendFormatted(string value) { text.Append(value); }
    public void AppendFormatted<T>(T value) { text.Append(value); }
  }

  // A builder as one chunk.
  public struct ChunkEnumerator {
    readonly StringBuilder text;
    bool isPast;
    public ChunkEnumerator(StringBuilder text) {
      this.text = text;
      isPast = text.Length == 0;
    }
    public ChunkEnumerator GetEnumerator() { return this; }
    public bool MoveNext() {
      bool has = !isPast;
      isPast = true;
      return has;
    }
    public ReadOnlyMemory<char> Current { get { return text.ToString().AsMemory(); } }
  }

  public static class Substitutes {
    public static ChunkEnumerator GetChunks(StringBuilder text) { return new ChunkEnumerator(text); }
    public static StringBuilder Append(StringBuilder text, ref AppendInterpolatedStringHandler handler) { return text; }
    public static StringBuilder AppendLine(StringBuilder text, ref AppendInterpolatedStringHandler handler) {
      return text.AppendLine();
    }
    // As the hash of the same characters in a string would be equal, so is this one of equal spans.
    public static int GetHashCode(ReadOnlySpan<char> text) {
      int hash = 5381;
      foreach (char c in text) hash = hash * 33 + c;
      return hash;
    }
    public static ReadOnlyMemory<char> Trim(ReadOnlyMemory<char> text) { return text.ToString().Trim().AsMemory(); }
    public static IOrderedEnumerable<T> Order<T>(IEnumerable<T> values) { return values.OrderBy(value => value); }
    public static Random get_Shared() { return new Random(); }
  }
}
