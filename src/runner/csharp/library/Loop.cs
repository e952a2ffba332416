// What moves a function on. There is one thread: work given to the thread pool runs on it when the
// function waits, and so do the replies to host calls, one at a time.
using System;
using System.Collections.Generic;
using System.Reflection;
using System.Threading.Tasks;

namespace NeoServiceLayer {
  internal static class Loop {
    internal const string NeverFinished = "The function never finished: nothing is left to wait for";

    static readonly Dictionary<int, Action<string, string>> waiting = new Dictionary<int, Action<string, string>>();
    static Func<bool> runPool;
    // Hands on a reply that moved the clock; timers that came due meanwhile come before it.
    static Action held;

    internal static void Prepare() {
      Type type = typeof(object).Assembly.GetType("System.Threading._ThreadPoolWaitCallback", true);
      MethodInfo method = type.GetMethod("PerformWaitCallback", BindingFlags.Static | BindingFlags.NonPublic);
      runPool = (Func<bool>)Delegate.CreateDelegate(typeof(Func<bool>), method);
      Timers.Prepare();
    }

    // `take` gets the code of a refusal, empty for none, and the value or the message.
    internal static void Send(string method, string arguments, Action<string, string> take) {
      waiting[Natives.Call(method, arguments)] = take;
    }

    // Hands on the next reply; false when none is awaited.
    internal static bool Settle() {
      if (held == null && !Hold()) return false;
      Action settle = held;
      held = null;
      settle();
      return true;
    }

    // Waits for the next reply, which moves the clock.
    static bool Hold() {
      int number;
      string code, value;
      if (!Natives.Receive(out number, out code, out value)) return false;
      Action<string, string> take = waiting[number];
      waiting.Remove(number);
      held = () => take(code, value);
      return true;
    }

    // What an earlier run of this process left.
    internal static void Clear() {
      held = null;
      Timers.Clear();
    }

    // False when there is nothing to do and nothing to wait for. Sleeps no longer than `until`.
    internal static bool Step(long until = Timers.Never) {
      if (Natives.TakePoolRequest()) {
        runPool();
        return true;
      }
      if (Timers.Fire()) return true;
      if (held != null) return Settle();
      if (Hold()) return true;
      long next = Math.Min(Timers.FirstDue(), until);
      if (next == Timers.Never || next <= Timers.Now()) return false;
      Timers.SleepUntil(next);
      return true;
    }

    internal static void RunUntilDone(Task task) {
      while (!task.IsCompleted) {
        if (!Step()) throw new InvalidOperationException(NeverFinished);
      }
    }

    // In place of waiting for another thread to pulse: called by Monitor.Wait. Whoever waits there
    // looks again at what it waits for.
    internal static bool WaitForPulse(int milliseconds) {
      if (milliseconds >= 0) return Step(Timers.Now() + milliseconds * TimeSpan.TicksPerMillisecond);
      if (Step()) return true;
      throw new InvalidOperationException(NeverFinished);
    }
  }
}
