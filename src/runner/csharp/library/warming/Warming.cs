// What every run needs, run once in the zygote so that it is machine code before the first run.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

public class Function {
  public async Task<object> Main(JsonValue input, Context context) {
    Console.WriteLine("{0}", input["a"].Count);
    List<decimal> found = await Help(input["a"]);
    try {
      throw new InvalidOperationException("warm");
    } catch (InvalidOperationException) {
    }
    return new {
      sum = found.Sum() + 1.5m,
      text = string.Join(",", input["a"].Select(value => value.ToString())),
      known = new Dictionary<string, object> { { "b", context["b"] }, { "c", new[] { 1.5, 2.5 } } },
    };
  }

  static async Task<List<decimal>> Help(JsonValue values) {
    await Task.Yield();
    return new List<decimal> { values[0].AsDecimal(), values[1].AsDecimal() };
  }
}
