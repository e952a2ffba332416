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
    // To a time since 1970 that a sleep has reached.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void MoveClock(long milliseconds);
    // How many may wait at a time.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern int TimersMax();
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void Log(int level, string text);
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern bool IsLogFull();
    // Whether the thread pool was told of work since the last time.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern bool TakePoolRequest();
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void FillRandom(byte[] bytes);
    // What the run has come to. `file`: the one that the line is in; empty for a function of one source.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void FinishAt(int status, string output, string message, string file, int line, int column,
                                         string stack, byte[] artifact);
    internal static void Finish(int status, string output, string message, byte[] artifact) {
      FinishAt(status, output, message, "", 0, 0, "", artifact);
    }
    // A part of the program by its name; the compiler's references.
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern byte[] Part(string name);
  }
}
