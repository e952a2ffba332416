// What waits for a time: Task.Delay, CancelAfter, Timer, Thread.Sleep.
//
// Mono has one list of timers, from which a thread of its own fires them. There is no such thread: the list
// is ours, and the loop (Loop.cs) fires from it. A timer fires after the reply that brings the run's clock to
// its time, before that reply is handed on; when nothing else is open, the run sleeps until the first one is
// due. So the order is that of due times, then of creation, and the same when the run is run again.
using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;

namespace NeoServiceLayer {
  internal static class Timers {
    internal const long Never = long.MaxValue;
    const BindingFlags Hidden = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic;

    static List<Timer> waiting;
    static FieldInfo nextRun, period, isDead, isAdded;
    static Action<object> call;
    static Func<long> clock;
    static int most;

    internal static void Prepare() {
      Type timer = typeof(Timer);
      Type scheduler = timer.GetNestedType("Scheduler", BindingFlags.NonPublic);
      nextRun = Want(timer, "next_run");
      period = Want(timer, "period_ms");
      isDead = Want(timer, "is_dead");
      isAdded = Want(timer, "is_added");
      // The thread it wants to start is none: natives_unsafe.cc.
      RuntimeHelpers.RunClassConstructor(scheduler.TypeHandle);
      object instance = Want(scheduler, "instance").GetValue(null);
      waiting = (List<Timer>)Want(scheduler, "list").GetValue(instance);
      call = (Action<object>)Delegate.CreateDelegate(typeof(Action<object>), scheduler.GetMethod("TimerCB", Hidden));
      clock = (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), timer.GetMethod("GetTimeMonotonic", Hidden));
      most = Natives.TimersMax();
    }

    static FieldInfo Want(Type type, string name) {
      FieldInfo field = type.GetField(name, Hidden);
      if (field == null) throw new MissingFieldException(type.Name, name);
      return field;
    }

    // What an earlier run of this process left.
    internal static void Clear() { waiting.Clear(); }

    // In ticks since the run began.
    internal static long Now() { return clock(); }

    // Never when none waits.
    internal static long FirstDue() {
      int first = First();
      return first < 0 ? Never : Due(waiting[first]);
    }

    // Whether there was one to fire.
    internal static bool Fire() {
      int first = First();
      if (first < 0) return false;
      Timer timer = waiting[first];
      if (Due(timer) > Now()) return false;
      waiting.RemoveAt(first);
      long pause = (long)period.GetValue(timer);
      if (pause > 0) {
        nextRun.SetValue(timer, Now() + pause * TimeSpan.TicksPerMillisecond);
        waiting.Add(timer);
      } else {
        Drop(timer);
      }
      try {
        call(timer);
      } catch (Exception error) {
        Natives.Log(3, "A timer threw: " + Errors.Describe(error));
      }
      return true;
    }

    // Of those that wait, without those that were stopped meanwhile.
    static int First() {
      int first = -1;
      for (int i = 0; i < waiting.Count; i++) {
        if ((bool)isDead.GetValue(waiting[i]) || Due(waiting[i]) == Never) {
          Drop(waiting[i]);
          waiting.RemoveAt(i--);
        } else if (first < 0 || Due(waiting[i]) < Due(waiting[first])) {
          first = i;
        }
      }
      if (waiting.Count > most) throw new InvalidOperationException("At most " + most + " timers wait at a time");
      return first;
    }

    static void Drop(Timer timer) {
      nextRun.SetValue(timer, Never);
      isDead.SetValue(timer, true);
      isAdded.SetValue(timer, false);
    }

    static long Due(Timer timer) { return (long)nextRun.GetValue(timer); }

    // While no call is open: the host is asked to sleep, and the clock is then at least there.
    internal static void SleepUntil(long due) {
      long ticks = Math.Max(due - Now(), 0);
      long milliseconds = ticks / TimeSpan.TicksPerMillisecond + (ticks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0);
      long reached = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + milliseconds;
      Loop.Send("time.sleep", "{\"ms\":" + milliseconds + "}", (code, value) => {
        if (code.Length > 0) throw new NeoServiceException(code, value);
        Natives.MoveClock(reached);
      });
      Loop.Settle();
    }

    // In place of Mono's own: called by Thread.Sleep. What else the function has under way goes on.
    internal static void Sleep(int milliseconds) {
      if (milliseconds < 0) throw new InvalidOperationException(Loop.NeverFinished);
      long until = Now() + milliseconds * TimeSpan.TicksPerMillisecond;
      while (Now() < until) Loop.Step(until);
    }
  }
}
