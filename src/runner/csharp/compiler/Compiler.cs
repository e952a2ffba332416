// C# 12 to an assembly, in a process that does nothing else: Roslyn (tools/roslyn), warm in the
// zygote, one fork per source. Called by engine.cc.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace NeoServiceLayer {
  internal static class Compiler {
    const string SourceName = Errors.SourceName;
    // Named in front of every source, as the templates of .NET do. The attribute, in the one form that
    // Mono reads, keeps small methods from vanishing from the stack of an error.
    const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; " +
        "global using System.Linq; global using System.Numerics; global using System.Text; " +
        "global using System.Threading.Tasks; [assembly: System.Diagnostics.Debuggable(true, true)]";
    const string Warming = @"
      public record Point(int X, string Y);
      public class Function {
        readonly Dictionary<string, decimal> known = new() { [""a""] = 1.5m };
        public async Task<object> Main(JsonValue input, Context context) {
          var found = await Help((int)input[""a""]);
          int[] all = [1, 2, ..found];
          Console.WriteLine($""{context.RunId} {all[^1]:000}"");
          return new { sum = all.Where(x => x > 1).Sum(), p = new Point(1, ""x"") with { X = 2 }, known };
        }
        static async Task<List<int>> Help(int x) {
          await Task.Yield();
          try { return x switch { > 3 => [x], _ => throw new ArgumentException(nameof(x)) }; }
          catch (Exception e) when (e.Message != null) { return new List<int>(); }
        }
      }";

    static readonly CSharpParseOptions parsing = new CSharpParseOptions(LanguageVersion.CSharp12);
    static MetadataReference[] references;
    static CSharpCompilationOptions options;
    static SyntaxTree usings;

    // Once, in the zygote. `parts`: names of the assemblies that functions are compiled against.
    internal static void Prepare(string parts) {
      references = parts.Split(' ').Select(
          name => (MetadataReference)MetadataReference.CreateFromImage(Natives.Part(name))).ToArray();
      options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
          // So that an error has the user's own lines: nothing is inlined or moved.
          .WithOptimizationLevel(OptimizationLevel.Debug)
          .WithConcurrentBuild(false)
          .WithDeterministic(true)
          .WithAllowUnsafe(false)
          .WithNullableContextOptions(NullableContextOptions.Annotations);
      usings = CSharpSyntaxTree.ParseText(Usings, parsing);
      for (int i = 0; i < 3; i++) Compile(Warming);
      Compile("public class Function { void F() { File.Delete(1) } [X] extern int Y(); }");
    }

    // `files`: of each the length of its name in four bytes, the name, the length of its text, the text.
    internal static void Run(byte[] files, int artifactMax) {
      try {
        Compilation compilation;
        List<SyntaxTree> trees = Parse(files);
        if (trees == null) return;
        byte[] artifact = Compile(trees, out compilation);
        if (artifact == null) {
          Report(Mistakes(compilation));
        } else if (artifact.Length > artifactMax) {
          Fail("The compiled function has " + artifact.Length + " bytes; " + artifactMax + " are allowed");
        } else {
          Natives.Finish((int)Ending.Succeeded, "", "", artifact);
        }
      } catch (OutOfMemoryException) {
        Natives.Finish((int)Ending.Memory, "", "", null);
      } catch (InsufficientExecutionStackException) {
        Fail("The source is nested too deeply");
      } catch (Exception error) {
        Fail("The compiler failed: " + error.GetType().Name + ": " + error.Message);
      }
    }

    static void Fail(string message) { Natives.Finish((int)Ending.Failed, "", message, null); }

    // Null, and reported, when a file is no text.
    static List<SyntaxTree> Parse(byte[] files) {
      var trees = new List<SyntaxTree>();
      var strict = new UTF8Encoding(false, true);
      for (int i = 0; i < files.Length;) {
        string name = strict.GetString(Take(files, ref i));
        byte[] content = Take(files, ref i);
        try {
          int mark = content.Length >= 3 && content[0] == 0xef && content[1] == 0xbb && content[2] == 0xbf ? 3 : 0;
          trees.Add(Parse(name, strict.GetString(content, mark, content.Length - mark)));
        } catch (DecoderFallbackException) {
          const string message = "The file is not UTF-8";
          Natives.FinishAt((int)Ending.Failed, "", message, Errors.FileOf(name), 1, 1, "", null);
          return null;
        }
      }
      return trees;
    }

    static byte[] Take(byte[] files, ref int i) {
      int size = files[i] << 24 | files[i + 1] << 16 | files[i + 2] << 8 | files[i + 3];
      var part = new byte[size];
      Array.Copy(files, i + 4, part, 0, size);
      i += 4 + size;
      return part;
    }

    static SyntaxTree Parse(string name, string source) {
      return CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), parsing, name);
    }

    static void Compile(string source) {
      Compilation compilation;
      if (Compile(new List<SyntaxTree> { Parse(SourceName, source) }, out compilation) == null) Mistakes(compilation);
    }

    // Null when there are mistakes.
    static byte[] Compile(List<SyntaxTree> trees, out Compilation compilation) {
      CSharpCompilation whole = CSharpCompilation.Create("function", new[] { usings }.Concat(trees), references, options);
      compilation = whole;
      if (trees.Any(tree => Rules.Check(whole, tree).Any())) return null;
      var assembly = new MemoryStream();
      var symbols = new MemoryStream();
      var emitting = new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb, pdbFilePath: "function.pdb");
      if (!compilation.Emit(assembly, symbols, options: emitting).Success) return null;
      var artifact = new byte[4 + assembly.Length + symbols.Length];
      for (int i = 0; i < 4; i++) artifact[i] = (byte)(assembly.Length >> (24 - 8 * i));
      Array.Copy(assembly.GetBuffer(), 0, artifact, 4, assembly.Length);
      Array.Copy(symbols.GetBuffer(), 0, artifact, 4 + assembly.Length, symbols.Length);
      return artifact;
    }

    static List<Diagnostic> Mistakes(Compilation compilation) {
      var found = compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error).ToList();
      // A refusal says more than what follows from it.
      found.InsertRange(0, compilation.SyntaxTrees.Skip(1).SelectMany(tree => Rules.Check(compilation, tree)));
      return found.OrderBy(one => NameOf(one), StringComparer.Ordinal).ThenBy(one => one.Location.SourceSpan.Start).ToList();
    }

    static void Report(List<Diagnostic> mistakes) {
      if (mistakes.Count == 0) {
        Fail("The source does not compile");
        return;
      }
      var all = new StringBuilder();
      foreach (Diagnostic mistake in mistakes) {
        LinePosition place = PlaceOf(mistake);
        all.Append(Errors.Shown(NameOf(mistake))).Append('(').Append(place.Line + 1).Append(',').Append(place.Character + 1).Append("): ");
        all.Append(TextOf(mistake)).Append('\n');
      }
      LinePosition first = PlaceOf(mistakes[0]);
      Natives.FinishAt((int)Ending.Failed, "", TextOf(mistakes[0]), Errors.FileOf(NameOf(mistakes[0])), first.Line + 1,
                       first.Character + 1, all.ToString(), null);
    }

    // Of the file; what is wrong with the whole is in none.
    static string NameOf(Diagnostic mistake) {
      return mistake.Location.SourceTree == null ? "" : mistake.Location.SourceTree.FilePath;
    }

    static LinePosition PlaceOf(Diagnostic mistake) { return mistake.Location.GetLineSpan().StartLinePosition; }

    static string TextOf(Diagnostic mistake) {
      return mistake.Id + ": " + mistake.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
    }
  }
}
