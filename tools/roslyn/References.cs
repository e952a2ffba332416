// Makes the class library that functions are compiled against: Debian's own, without the marks of
// `ref readonly` results, which mcs writes in another way than Roslyn reads them.
//
//   references.exe IN.dll OUT.dll
using System.Linq;
using Mono.Cecil;
using Mono.Collections.Generic;

static class References {
  static int Main(string[] arguments) {
    var parameters = new ReaderParameters { InMemory = true };
    using (var module = ModuleDefinition.ReadModule(arguments[0], parameters)) {
      foreach (TypeDefinition type in module.GetTypes()) {
        foreach (MethodDefinition method in type.Methods) {
          if (method.ReturnType is ByReferenceType) Unmark(method.MethodReturnType.CustomAttributes);
        }
        foreach (PropertyDefinition property in type.Properties) {
          if (property.PropertyType is ByReferenceType) Unmark(property.CustomAttributes);
        }
      }
      module.Write(arguments[1]);
    }
    return 0;
  }

  static void Unmark(Collection<CustomAttribute> attributes) {
    var mark = attributes.FirstOrDefault(one => one.AttributeType.Name == "IsReadOnlyAttribute");
    if (mark != null) attributes.Remove(mark);
  }
}
