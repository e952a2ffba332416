// What a function may not name, refused with its place before it ever runs. The cage does not count
// on this: it is so that a mistake is seen at deploy.
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NeoServiceLayer {
  internal static class Rules {
    static readonly DiagnosticDescriptor notAllowed = new DiagnosticDescriptor(
        "NSL0001", "", "A function cannot use {0}: {1}", "", DiagnosticSeverity.Error, true);

    // Name spaces whose types may be used, except those of `types`.
    static readonly HashSet<string> nameSpaces = new HashSet<string> {
      "System", "System.Collections", "System.Collections.Concurrent", "System.Collections.Generic",
      "System.Collections.ObjectModel", "System.Collections.Specialized", "System.Globalization", "System.Linq",
      "System.Linq.Expressions", "System.Numerics", "System.Runtime.CompilerServices", "System.Runtime.ExceptionServices",
      "System.Security.Cryptography", "System.Text", "System.Text.RegularExpressions", "System.Threading",
      "System.Threading.Tasks", "System.Threading.Tasks.Sources", "System.Buffers", "System.Buffers.Binary",
      "System.Buffers.Text", "System.ComponentModel", "System.Diagnostics.CodeAnalysis", "System.Reflection",
    };
    // Single types of name spaces that are not listed.
    static readonly HashSet<string> types = new HashSet<string> {
      "System.IO.Stream", "System.IO.MemoryStream", "System.IO.TextReader", "System.IO.TextWriter",
      "System.IO.StringReader", "System.IO.StringWriter", "System.IO.BinaryReader", "System.IO.BinaryWriter",
      "System.IO.StreamReader", "System.IO.StreamWriter", "System.IO.IOException", "System.IO.EndOfStreamException",
      "System.IO.InvalidDataException", "System.IO.SeekOrigin", "System.Diagnostics.Debug", "System.Diagnostics.Stopwatch",
      "System.Diagnostics.StackTrace", "System.Diagnostics.StackFrame", "System.Diagnostics.ConditionalAttribute",
      "System.Diagnostics.DebuggerDisplayAttribute", "System.Runtime.InteropServices.StructLayoutAttribute",
      "System.Runtime.InteropServices.LayoutKind", "System.Runtime.InteropServices.MemoryMarshal",
    };
    static readonly Dictionary<string, string> refused = new Dictionary<string, string> {
      { "System.AppDomain", "a function has one domain" },
      { "System.Activator", "make objects with new" },
      { "System.Threading.Thread", "a function has one thread: use async and await" },
      { "System.Environment", "a function's settings are in context.Environment" },
      { "System.Reflection.Assembly", "a function is one assembly" },
    };

    internal static IEnumerable<Diagnostic> Check(Compilation compilation, SyntaxTree tree) {
      SemanticModel model = compilation.GetSemanticModel(tree);
      var found = new List<Diagnostic>();
      foreach (SyntaxNode node in tree.GetRoot().DescendantNodes()) {
        var name = node as SimpleNameSyntax;
        if (name != null) CheckName(name, model, found);
        var member = node as MemberDeclarationSyntax;
        if (member != null) CheckMember(member, found);
        var local = node as LocalFunctionStatementSyntax;
        if (local != null) CheckModifiers(local.Modifiers, found);
        if (node is UnsafeStatementSyntax) {
          found.Add(Refuse(((UnsafeStatementSyntax)node).UnsafeKeyword.GetLocation(), "unsafe", "its memory is managed"));
        }
      }
      return found;
    }

    static Diagnostic Refuse(Location place, string what, string why) {
      return Diagnostic.Create(notAllowed, place, what, why);
    }

    static void CheckMember(MemberDeclarationSyntax member, List<Diagnostic> found) {
      CheckModifiers(member.Modifiers, found);
    }

    static void CheckModifiers(SyntaxTokenList modifiers, List<Diagnostic> found) {
      foreach (SyntaxToken token in modifiers) {
        if (token.IsKind(SyntaxKind.ExternKeyword)) {
          found.Add(Refuse(token.GetLocation(), "extern", "it has no native code to call"));
        } else if (token.IsKind(SyntaxKind.UnsafeKeyword)) {
          found.Add(Refuse(token.GetLocation(), "unsafe", "its memory is managed"));
        }
      }
    }

    static void CheckName(SimpleNameSyntax name, SemanticModel model, List<Diagnostic> found) {
      SymbolInfo info = model.GetSymbolInfo(name);
      ISymbol symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
      if (symbol == null || symbol.Kind == SymbolKind.Namespace) return;
      INamedTypeSymbol type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
      if (type == null || !IsOfTheLibrary(type)) return;
      while (type.ContainingType != null) type = type.ContainingType;
      string space = type.ContainingNamespace.ToDisplayString();
      string full = space + "." + type.Name;
      string why;
      if (IsSleep(name, full)) return;
      if (refused.TryGetValue(full, out why)) {
        found.Add(Refuse(name.GetLocation(), full, why));
      } else if (!nameSpaces.Contains(space) && !types.Contains(full)) {
        found.Add(Refuse(name.GetLocation(), full, WhyNot(space)));
      }
    }

    // Thread.Sleep, the one thing a function does with a thread.
    static bool IsSleep(SimpleNameSyntax name, string type) {
      if (type != "System.Threading.Thread") return false;
      var access = name.Parent as MemberAccessExpressionSyntax;
      // System.Threading.Thread.Sleep is an access within an access.
      if (access != null && access.Name == name && name.Identifier.Text == "Thread") access = access.Parent as MemberAccessExpressionSyntax;
      return access != null && access.Name.Identifier.Text == "Sleep";
    }

    static bool IsOfTheLibrary(INamedTypeSymbol type) {
      if (type.ContainingNamespace == null || type.ContainingNamespace.IsGlobalNamespace) return false;
      string assembly = type.ContainingAssembly == null ? "" : type.ContainingAssembly.Name;
      return assembly == "mscorlib" || assembly == "System" || assembly.StartsWith("System.", System.StringComparison.Ordinal);
    }

    static string WhyNot(string space) {
      if (space.StartsWith("System.IO", System.StringComparison.Ordinal)) return "it has no files: use NeoService.Storage";
      if (space.StartsWith("System.Net", System.StringComparison.Ordinal)) return "it has no sockets: use NeoService.Http";
      if (space.StartsWith("System.Reflection", System.StringComparison.Ordinal)) return "it runs only what was compiled at deploy";
      if (space.StartsWith("System.Runtime.InteropServices", System.StringComparison.Ordinal)) return "it has no native code to call";
      if (space.StartsWith("System.Diagnostics", System.StringComparison.Ordinal)) return "it has one process";
      return "it is not among the types that functions are given";
    }
  }
}
