// Types that the language of later versions asks for and Mono's library has not.
namespace System.Runtime.CompilerServices {
  public static class IsExternalInit {}
  [AttributeUsage(AttributeTargets.Method)]
  public sealed class ModuleInitializerAttribute : Attribute {}
  [AttributeUsage(AttributeTargets.Parameter)]
  public sealed class CallerArgumentExpressionAttribute : Attribute {
    public CallerArgumentExpressionAttribute(string parameterName) { ParameterName = parameterName; }
    public string ParameterName { get; }
  }
  [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
  public sealed class InterpolatedStringHandlerAttribute : Attribute {}
  [AttributeUsage(AttributeTargets.Parameter)]
  public sealed class InterpolatedStringHandlerArgumentAttribute : Attribute {
    public InterpolatedStringHandlerArgumentAttribute(string argument) {}
    public InterpolatedStringHandlerArgumentAttribute(params string[] arguments) {}
  }
  [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property)]
  public sealed class RequiredMemberAttribute : Attribute {}
  [AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
  public sealed class CompilerFeatureRequiredAttribute : Attribute {
    public CompilerFeatureRequiredAttribute(string featureName) { FeatureName = featureName; }
    public string FeatureName { get; }
    public bool IsOptional { get; set; }
  }
  [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
  public sealed class CollectionBuilderAttribute : Attribute {
    public CollectionBuilderAttribute(Type builderType, string methodName) {}
  }
}

namespace System.Diagnostics.CodeAnalysis {
  [AttributeUsage(AttributeTargets.Constructor)]
  public sealed class SetsRequiredMembersAttribute : Attribute {}
}
