// What every run needs, run once in the zygote so that it is machine code before the first run.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

public class Ask {
  public string Name { get; set; }
  public int Count { get; set; }
  public decimal? Amount { get; set; }
  public List<string> Tags { get; set; }
}

public class Function {
  public async Task<object> Main(JsonValue input, Context context) {
    Console.WriteLine("{0}", input["a"].Count);
    List<decimal> found = await Help(input["a"]);
    try {
      throw new InvalidOperationException("warm");
    } catch (InvalidOperationException) {
    }
    Ask ask = JsonValue.Parse("{\"name\":\"n\",\"count\":1,\"amount\":\"1.5\",\"tags\":[\"x\"]}").As<Ask>();
    int one = (int)input["a"][0];
    string[] words = "b,a".Split(',');
    return new {
      sum = found.Sum() + 1.5m,
      text = string.Join(",", input["a"].Select(value => value.ToString())),
      known = new Dictionary<string, object> { { "b", context["b"] }, { "c", new[] { 1.5, 2.5 } } },
      one, two = one + 1L, three = one > 1, four = one / 2.0, ask,
      words = words.Where(word => word.Length > 0).OrderBy(word => word).ToList(),
      numbers = Enumerable.Range(0, 3).Select(number => number * 2).ToArray(),
      names = words.ToDictionary(word => word, word => word.Length),
    };
  }

  static async Task<List<decimal>> Help(JsonValue values) {
    await Task.Yield();
    return new List<decimal> { values[0].AsDecimal(), values[1].AsDecimal() };
  }
}
