// The C++ half (natives_unsafe.cc).
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("NeoServiceLayer.Compiler")]

namespace NeoServiceLayer {
  internal static class Natives {
    // The number of the call.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern int Call(string method, string arguments);
    // False when no reply is awaited.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern bool Receive(out int number, out string code, out string value);
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern bool HasCallsOpen();
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void Log(int level, string text);
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern bool IsLogFull();
    // Whether the thread pool was told of work since the last time.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern bool TakePoolRequest();
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void FillRandom(byte[] bytes);
    // What the run has come to.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void Finish(int status, string output, string message, int line, int column, string stack,
                                       byte[] artifact);
    // A part of the program by its name; the compiler's references.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern byte[] Part(string name);
  }
}
