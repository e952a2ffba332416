// Natives with which a function misbehaves as if it had captured the engine, and the words that the
// attacks of tests/adversary are written in. Part of nsl-runner-csharp-test only.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

public static class __test {
  // Numbers, texts and bytes, of which the kernel gets the address.
  [MethodImpl(MethodImplOptions.InternalCall)]
  static extern long Syscall(long[] words);
  [MethodImpl(MethodImplOptions.InternalCall)]
  static extern uint Fuzz(uint count, uint seed, uint[] leftOut);
  [MethodImpl(MethodImplOptions.InternalCall)]
  static extern void Send(byte[] bytes);
  [MethodImpl(MethodImplOptions.InternalCall)]
  public static extern object crash();
  [MethodImpl(MethodImplOptions.InternalCall)]
  static extern void Exit(int code);

  public static long syscall(params object[] arguments) {
    var words = new long[7];
    for (int i = 0; i < arguments.Length; i++) {
      object value = arguments[i];
      if (value is string) value = text((string)value);
      words[i] = value is byte[] ? address((byte[])value) : Convert.ToInt64(value);
    }
    return Syscall(words);
  }
  public static object fuzz(uint count, uint seed, params uint[] leftOut) { return Fuzz(count, seed, leftOut); }
  public static object send(params byte[] bytes) {
    Send(bytes);
    return null;
  }
  public static object exit(long code) { return leave(code); }
  public static object leave(long code) {
    Exit((int)code);
    return null;
  }

  // For as long as the process lives, so that an address stays good.
  static byte[] Pin(byte[] bytes) {
    GCHandle.Alloc(bytes, GCHandleType.Pinned);
    return bytes;
  }
  public static long address(byte[] bytes) {
    Pin(bytes);
    return bytes.Length == 0 ? 0 : (long)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0);
  }
  public static byte[] zeros(long count) { return Pin(new byte[count]); }
  public static byte[] u8(params long[] values) {
    byte[] bytes = zeros(values.Length);
    for (int i = 0; i < values.Length; i++) bytes[i] = unchecked((byte)values[i]);
    return bytes;
  }
  public static byte[] u32(params long[] values) {
    byte[] bytes = zeros(4 * values.Length);
    for (int i = 0; i < values.Length; i++) BitConverter.GetBytes(unchecked((uint)values[i])).CopyTo(bytes, 4 * i);
    return bytes;
  }
  public static byte[] u64(params long[] values) {
    byte[] bytes = zeros(8 * values.Length);
    for (int i = 0; i < values.Length; i++) BitConverter.GetBytes(values[i]).CopyTo(bytes, 8 * i);
    return bytes;
  }
  public static byte[] text(string words) { return Pin(Encoding.UTF8.GetBytes(words + "\0")); }
  public static bool truth(bool value) { return value; }
  public static bool truth(long value) { return value != 0; }
}
