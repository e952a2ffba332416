// Points the references of an assembly that was built for another .NET at what Debian's Mono has.
//
//   retarget.exe IN.dll OUT.dll FOLDER_OF_PATCHED_ASSEMBLIES [POLYFILL.dll]
//
// A type that lives in another assembly here is looked up by its name. A member that Mono lacks is
// redirected to a static method of the polyfill; what has none stays as it is, and fails where it
// is called. Such members are printed, so that a new version of the compiler shows what it needs.
//
// Debian's class library is built by mcs, which does not mark `ref readonly` results with
// modreq(InAttribute) as Roslyn does: the mark is taken from calls into Span and ReadOnlySpan.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

static class Retarget {
  const string PlatformFolder = "/usr/lib/mono/4.5";
  const string PolyfillNamespace = "NeoServiceLayer.Polyfill";
  static readonly string[] Platform = {
    "mscorlib", "System", "System.Core", "System.Xml", "System.Xml.Linq", "System.Numerics",
    "System.IO.Compression", "System.Runtime.Serialization",
  };
  static readonly string[] Patched = {
    "System.Runtime.CompilerServices.Unsafe", "System.Collections.Immutable", "System.Reflection.Metadata",
    "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp",
  };

  sealed class Resolver : BaseAssemblyResolver {
    readonly Dictionary<string, AssemblyDefinition> known = new Dictionary<string, AssemblyDefinition>();

    public Resolver(string patched) {
      foreach (string folder in GetSearchDirectories()) RemoveSearchDirectory(folder);
      AddSearchDirectory(patched);
      AddSearchDirectory(PlatformFolder);
    }

    public AssemblyDefinition Read(string file) {
      var assembly = AssemblyDefinition.ReadAssembly(file, new ReaderParameters { AssemblyResolver = this });
      return known[assembly.Name.Name] = assembly;
    }

    public override AssemblyDefinition Resolve(AssemblyNameReference name) {
      AssemblyDefinition assembly;
      if (known.TryGetValue(name.Name, out assembly)) return assembly;
      return known[name.Name] = base.Resolve(name);
    }
  }

  static readonly Dictionary<string, AssemblyDefinition> homes = new Dictionary<string, AssemblyDefinition>();
  static AssemblyDefinition polyfill;
  static ModuleDefinition module;

  static int Main(string[] arguments) {
    var resolver = new Resolver(arguments[2]);
    foreach (string name in Platform) AddHome(resolver.Read(Path.Combine(PlatformFolder, name + ".dll")));
    if (arguments.Length > 3) {
      AddHome(polyfill = resolver.Read(arguments[3]));
      AddHome(resolver.Read(Path.Combine(arguments[2], "System.Runtime.CompilerServices.Unsafe.dll")));
    }
    var parameters = new ReaderParameters { InMemory = true, AssemblyResolver = resolver };
    using (module = ModuleDefinition.ReadModule(arguments[0], parameters)) {
      foreach (AssemblyNameReference reference in module.AssemblyReferences.ToArray()) {
        if (Patched.Contains(reference.Name)) reference.Version = resolver.Resolve(reference).Name.Version;
      }
      MoveTypes();
      MoveMembers();
      module.Write(arguments[1]);
    }
    return 0;
  }

  static void AddHome(AssemblyDefinition assembly) {
    foreach (TypeDefinition type in assembly.MainModule.Types) {
      if (type.IsPublic && !homes.ContainsKey(type.FullName)) homes[type.FullName] = assembly;
    }
  }

  static AssemblyNameReference ReferenceTo(AssemblyDefinition assembly) {
    var present = module.AssemblyReferences.FirstOrDefault(one => one.FullName == assembly.Name.FullName);
    if (present != null) return present;
    present = new AssemblyNameReference(assembly.Name.Name, assembly.Name.Version) {
      PublicKeyToken = assembly.Name.PublicKeyToken,
    };
    module.AssemblyReferences.Add(present);
    return present;
  }

  static bool IsPlatform(IMetadataScope scope) {
    var reference = scope as AssemblyNameReference;
    return reference != null && !Patched.Contains(reference.Name);
  }

  static void MoveTypes() {
    var missing = new SortedSet<string>();
    foreach (TypeReference type in module.GetTypeReferences()) {
      if (type.DeclaringType != null) {
        // Handlers and enumerators inside a class of the platform that Mono's has not.
        string own = PolyfillNamespace + "." + type.Name;
        if (polyfill == null || polyfill.MainModule.GetType(own) == null || !IsPlatform(type.Scope)) continue;
        type.DeclaringType = null;
        type.Namespace = PolyfillNamespace;
        type.Scope = ReferenceTo(polyfill);
      } else if (IsPlatform(type.Scope)) {
        AssemblyDefinition home;
        if (homes.TryGetValue(type.FullName, out home)) {
          type.Scope = ReferenceTo(home);
        } else {
          missing.Add(type.FullName);
        }
      }
    }
    foreach (string name in missing) Console.WriteLine("no type " + name);
  }

  static void MoveMembers() {
    var missing = new SortedSet<string>();
    foreach (MethodDefinition method in module.GetTypes().SelectMany(type => type.Methods)) {
      if (!method.HasBody) continue;
      foreach (Instruction instruction in method.Body.Instructions) {
        var member = instruction.Operand as MemberReference;
        if (member == null || member is TypeReference || member is IMemberDefinition) continue;
        if (member.DeclaringType is ArrayType) continue;
        var call = member as MethodReference;
        if (call != null) StripMark(call);
        if (IsPresent(member)) continue;
        MethodReference substitute = call == null ? null : FindSubstitute(call);
        if (substitute == null) {
          missing.Add(member.FullName);
        } else {
          instruction.OpCode = OpCodes.Call;
          instruction.Operand = substitute;
        }
      }
    }
    foreach (string name in missing) Console.WriteLine("no member " + name);
  }

  static void StripMark(MethodReference call) {
    var generic = call as GenericInstanceMethod;
    if (generic != null) call = generic.ElementMethod;
    var result = call.ReturnType as RequiredModifierType;
    if (result == null || result.ModifierType.FullName != "System.Runtime.InteropServices.InAttribute") return;
    TypeReference owner = call.DeclaringType.GetElementType();
    if (owner.FullName != "System.ReadOnlySpan`1" && owner.FullName != "System.Span`1") return;
    if (owner.Scope is AssemblyNameReference) call.ReturnType = result.ElementType;
  }

  static bool IsPresent(MemberReference member) {
    try {
      var call = member as MethodReference;
      return call != null ? call.Resolve() != null : ((FieldReference)member).Resolve() != null;
    } catch (AssemblyResolutionException) {
      return false;
    }
  }

  // A method of the same name whose parameters are the object, if there is one, and the arguments.
  static MethodReference FindSubstitute(MethodReference call) {
    TypeDefinition substitutes = polyfill == null ? null : polyfill.MainModule.GetType(PolyfillNamespace + ".Substitutes");
    if (substitutes == null) return null;
    int count = call.Parameters.Count + (call.HasThis ? 1 : 0);
    int last = count - 1;
    var found = substitutes.Methods.FirstOrDefault(one =>
        one.Name == call.Name && one.Parameters.Count == count &&
        one.GenericParameters.Count == call.GetElementMethod().GenericParameters.Count &&
        (count == 0 || !call.HasThis || IsOf(one.Parameters[0].ParameterType, call.DeclaringType)) &&
        (call.Parameters.Count == 0 || last < 0 ||
         IsOf(one.Parameters[last].ParameterType, call.Parameters[call.Parameters.Count - 1].ParameterType)));
    if (found == null) return null;
    MethodReference imported = module.ImportReference(found);
    var generic = call as GenericInstanceMethod;
    if (generic == null) return imported;
    var instance = new GenericInstanceMethod(imported);
    foreach (TypeReference argument in generic.GenericArguments) instance.GenericArguments.Add(argument);
    return instance;
  }

  static bool IsOf(TypeReference one, TypeReference other) {
    return one.GetElementType().FullName == other.GetElementType().FullName;
  }
}
