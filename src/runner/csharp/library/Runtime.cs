// One run: load the function, call its handler, report its end. Called by engine.cc.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Tasks;

namespace NeoServiceLayer {
  internal enum Ending { Succeeded, Failed, Memory, OutputTooLarge, OutputInvalid }

  internal static class Runtime {
    static readonly string[][] handlers = {
      new[] { "Main" }, new[] { "Event", "HandleEvent", "Main" }, new[] { "Scheduled", "Main" }, new[] { "Fetch", "Main" },
    };
    const BindingFlags Hidden = BindingFlags.Static | BindingFlags.NonPublic;
    static LogWriter output, errors;
    static FieldInfo sharedRandom, threadRandom;
    static Assembly own, warming, ahead, kept;

    // Once, in the zygote.
    internal static void Prepare() {
      Loop.Prepare();
      output = new LogWriter(1);
      errors = new LogWriter(2);
      Console.SetOut(output);
      Console.SetError(errors);
      Console.SetIn(System.IO.TextReader.Null);
      FixHashes();
      CompileAhead();
      sharedRandom = Want(typeof(Random), "s_globalRandom");
      threadRandom = Want(typeof(Random), "t_threadRandom");
    }

    // The same hashes in every run, so that a run can be repeated. Whoever floods a table with
    // collisions uses up his own time.
    static void FixHashes() {
      foreach (string place in new[] { "System.HashCode s_seed", "System.Numerics.Hashing.HashHelpers RandomSeed" }) {
        string[] words = place.Split(' ');
        Type type = typeof(object).Assembly.GetType(words[0], true);
        FieldInfo field = type.GetField(words[1], Hidden | BindingFlags.Public);
        if (field == null) throw new MissingFieldException(words[0], words[1]);
        RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        field.SetValue(null, Convert.ChangeType(0, field.FieldType));
      }
    }

    // Machine code of what every run needs, so that no run has to make it.
    static void CompileAhead() {
      Type[] common = { typeof(string), typeof(StringBuilder), typeof(int), typeof(long), typeof(decimal), typeof(double),
                        typeof(DateTime), typeof(TimeSpan), typeof(Guid), typeof(Math), typeof(Convert), typeof(BigInteger) };
      CompileAhead(typeof(Runtime).Assembly.GetTypes().Concat(common));
    }

    // Of all that is not generic.
    static void CompileAhead(IEnumerable<Type> types) {
      const BindingFlags All = Hidden | BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
      foreach (Type type in types) {
        if (type.ContainsGenericParameters || type.IsInterface) continue;
        foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All))) {
          bool isElsewhere = (method.GetMethodImplementationFlags() & MethodImplAttributes.InternalCall) != 0;
          if (isElsewhere || method.IsAbstract || method.ContainsGenericParameters) continue;
          method.MethodHandle.GetFunctionPointer();
        }
      }
    }

    static FieldInfo Want(Type type, string name) {
      FieldInfo field = type.GetField(name, Hidden);
      if (field == null) throw new MissingFieldException(type.Name, name);
      return field;
    }

    // What new Random() takes its seed from was made in the zygote, the same for every run.
    static void Reseed() {
      var seed = new byte[4];
      Natives.FillRandom(seed);
      sharedRandom.SetValue(null, new Random(BitConverter.ToInt32(seed, 0)));
      threadRandom.SetValue(null, null);
    }

    // `kind`: abi::RunKind, or -1 for a run of nothing. `artifact`: the length of the assembly in four bytes, the assembly, its symbols.
    internal static void Run(int kind, string entryPoint, byte[] artifact, string input, string context, int outputMax) {
      object value;
      try {
        Reseed();
        Loop.Clear();
        try {
          value = Call(kind, entryPoint, artifact, input, context);
        } finally {
          output.EndLine();
          errors.EndLine();
        }
      } catch (Exception error) {
        Fail(Ending.Failed, error);
        return;
      }
      if (Natives.HasCallsOpen()) Natives.Log(2, "The function returned while host calls were still open");
      try {
        string text = JsonWriter.Write(value, "The output");
        int size = Encoding.UTF8.GetByteCount(text);
        if (size > outputMax) {
          string message = "The output has " + size + " bytes; " + outputMax + " are allowed";
          Natives.Finish((int)Ending.OutputTooLarge, "", message, null);
          return;
        }
        Natives.Finish((int)Ending.Succeeded, text, "", null);
      } catch (Exception error) {
        Fail(Ending.OutputInvalid, error);
      }
    }

    static void Fail(Ending ending, Exception error) {
      error = Errors.Unwrap(error);
      if (error is OutOfMemoryException) {
        Natives.Finish((int)Ending.Memory, "", "", null);
        return;
      }
      Place place = Errors.Locate(error, own);
      string message = ending == Ending.OutputInvalid && error is JsonWriteException ? error.Message : Errors.Describe(error);
      Natives.FinishAt((int)ending, "", message, place.File, place.Line, place.Column, place.Stack, null);
    }

    static object Call(int kind, string entryPoint, byte[] artifact, string input, string context) {
      if (kind < 0) {
        // A run of nothing, in the zygote and again in a process that waits.
        own = warming = warming ?? Load(artifact);
        kind = 0;
      } else {
        // Of a template, or of the run before in a process that is reused; then the job holds no code.
        Assembly held = ahead ?? kept;
        own = kept = artifact.Length == 0 && held != null ? held : Load(artifact);
      }
      MethodInfo handler = FindHandler(kind, entryPoint);
      object[] arguments = Bind(handler, input, context);
      object target = handler.IsStatic ? null : Activator.CreateInstance(handler.DeclaringType);
      object value = handler.Invoke(target, arguments);
      value = ResultOf(value);
      var response = value as Response;
      return response == null ? value : response.ToPlain();
    }

    // In a template: what the runs forked from here, which are given no artifact, begin with. Making machine
    // code runs the static constructors of what it meets, so there is none of it ahead where there are any:
    // each run has to start them itself, with its own time and randomness.
    internal static void LoadAhead(byte[] artifact) {
      ahead = Load(artifact);
      Type[] types = ahead.GetTypes();
      // What is outside of all classes, and not among the types.
      Type module = ahead.ManifestModule.ResolveType(FirstType);
      if (module.TypeInitializer == null && types.All(type => type.TypeInitializer == null || IsClosure(type))) CompileAhead(types);
    }

    // The token of <Module> (ECMA-335, II.22.37).
    const int FirstType = 0x02000001;

    // Its static constructor, which is the compiler's, makes one empty object.
    static bool IsClosure(Type type) => type.Name == "<>c";

    static Assembly Load(byte[] artifact) {
      if (artifact.Length < 4) throw new InvalidOperationException("The function is not compiled");
      int size = artifact[0] << 24 | artifact[1] << 16 | artifact[2] << 8 | artifact[3];
      if (size < 0 || size > artifact.Length - 4) throw new InvalidOperationException("The artifact is not whole");
      var assembly = new byte[size];
      var symbols = new byte[artifact.Length - 4 - size];
      Buffer.BlockCopy(artifact, 4, assembly, 0, size);
      Buffer.BlockCopy(artifact, 4 + size, symbols, 0, symbols.Length);
      return Assembly.Load(assembly, symbols);
    }

    static MethodInfo FindHandler(int kind, string entryPoint) {
      string[] names = entryPoint.Length == 0 || entryPoint == "main" || entryPoint == "Main"
          ? handlers[kind] : new[] { entryPoint };
      Type[] types = own.GetTypes();
      const BindingFlags Any = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
      IEnumerable<Type> classes = types.Where(type => type.Name == "Function");
      if (!classes.Any()) throw new MissingMemberException("The source has no class 'Function'");
      foreach (string name in names) {
        foreach (Type type in classes) {
          MethodInfo found = type.GetMethods(Any).FirstOrDefault(method => method.Name == name);
          if (found != null) return found;
        }
      }
      throw new MissingMemberException("The class 'Function' has no public method " +
                                       string.Join(", ", names.Select(name => "'" + name + "'")));
    }

    static object[] Bind(MethodInfo handler, string input, string context) {
      ParameterInfo[] parameters = handler.GetParameters();
      var values = new object[parameters.Length];
      bool hasInput = false;
      for (int i = 0; i < parameters.Length; i++) {
        Type type = parameters[i].ParameterType;
        if (type == typeof(Context)) {
          values[i] = new Context(JsonValue.Parse(context));
        } else if (!hasInput) {
          hasInput = true;
          values[i] = JsonBinder.Bind(JsonValue.Parse(input), type, "the input");
        } else if (parameters[i].HasDefaultValue) {
          values[i] = parameters[i].DefaultValue;
        } else {
          throw new ArgumentException("'" + handler.Name + "' takes the input and the Context, nothing else");
        }
      }
      return values;
    }

    static object ResultOf(object value) {
      if (value != null && value.GetType().IsGenericType &&
          value.GetType().GetGenericTypeDefinition() == typeof(ValueTask<>)) {
        value = value.GetType().GetMethod("AsTask").Invoke(value, null);
      } else if (value is ValueTask) {
        value = ((ValueTask)value).AsTask();
      }
      var task = value as Task;
      if (task == null) return value;
      Loop.RunUntilDone(task);
      task.GetAwaiter().GetResult();
      var objects = task as Task<object>;
      if (objects != null) return objects.Result;
      for (Type type = task.GetType(); type != typeof(Task); type = type.BaseType) {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)) {
          object result = type.GetProperty("Result").GetValue(task, null);
          return result != null && result.GetType().Name == "VoidTaskResult" ? null : result;
        }
      }
      return null;
    }
  }
}
