// Errors as the user sees them: the message, and the frames of the user's own code.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace NeoServiceLayer {
  internal struct Place {
    internal string File;
    internal int Line;
    internal int Column;
    internal string Stack;
  }

  internal static class Errors {
    const int FramesMax = 16;
    // What the compiler calls a function's one source. Files of several are called by their paths, after this.
    internal const string SourceName = "function.cs";
    internal const string OfFiles = "./";

    // What the engine wraps around the function's own error is taken off.
    internal static Exception Unwrap(Exception error) {
      for (;;) {
        bool isWrapper = error is TargetInvocationException || error is TypeInitializationException;
        var many = error as AggregateException;
        if (many != null) isWrapper = many.InnerExceptions.Count == 1;
        if (!isWrapper || error.InnerException == null) return error;
        error = error.InnerException;
      }
    }

    internal static string Describe(Exception error) {
      string text;
      try {
        text = error.Message;
      } catch (Exception) {
        text = "";
      }
      string message = error.GetType().Name;
      if (!string.IsNullOrEmpty(text)) message += ": " + text;
      var refusal = error as NeoServiceException;
      if (refusal != null) message += " (" + refusal.Code + ")";
      return message;
    }

    internal static Place Locate(Exception error, Assembly own) {
      var place = new Place { File = "", Stack = "" };
      if (own == null) return place;
      var stack = new StringBuilder();
      int count = 0;
      foreach (StackFrame frame in FramesOf(error)) {
        MethodBase method = frame.GetMethod();
        if (method == null || method.Module.Assembly != own) continue;
        int line = frame.GetFileLineNumber();
        string name = frame.GetFileName() ?? SourceName;
        if (place.Line == 0 && line > 0) {
          place.File = FileOf(name);
          place.Line = line;
          place.Column = Math.Max(0, frame.GetFileColumnNumber());
        }
        if (count++ < FramesMax) {
          stack.Append("   at ").Append(NameOf(method)).Append(" in ").Append(Shown(name));
          if (line > 0) stack.Append(":line ").Append(line);
          stack.Append('\n');
        }
      }
      place.Stack = stack.ToString();
      return place;
    }

    // Empty for a function of one source.
    internal static string FileOf(string name) {
      return name.StartsWith(OfFiles, StringComparison.Ordinal) ? name.Substring(OfFiles.Length) : "";
    }

    internal static string Shown(string name) {
      string file = FileOf(name);
      return file.Length == 0 ? SourceName : file;
    }

    static IEnumerable<StackFrame> FramesOf(Exception error) {
      try {
        return new StackTrace(error, true).GetFrames() ?? new StackFrame[0];
      } catch (Exception) {
        return new StackFrame[0];
      }
    }

    // As it stands in the source: the compiler moves bodies of async methods and lambdas to classes
    // and methods such as Function+<Main>d__0.MoveNext.
    static string NameOf(MethodBase method) {
      Type type = method.DeclaringType;
      string name = method.Name;
      while (type != null && type.Name.StartsWith("<", StringComparison.Ordinal)) {
        int end = type.Name.IndexOf('>');
        if (end > 1) name = type.Name.Substring(1, end - 1);
        type = type.DeclaringType;
      }
      int close = name.IndexOf('>');
      if (name.StartsWith("<", StringComparison.Ordinal) && close > 1) name = name.Substring(1, close - 1);
      return type == null ? name : type.Name + "." + name;
    }
  }
}
