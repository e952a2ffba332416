// The middle of what several price servers say, without a double on the way.
//
//     nsl secret set price-api --value-file - --allow-function price
//     nsl function deploy price --file MedianPrice.cs --secret price-api --egress api.example.com \
//         --env sources=https://api.example.com/a,https://api.example.com/b
//     nsl function run price --input '{"pair": "NEO-USD"}'
public class Function
{
    public async Task<object> Main(JsonValue input, Context context)
    {
        var sources = context.Environment["sources"].AsString().Split(',');
        var credential = await NeoService.Secrets.GetAsync("price-api");
        var answers = await Task.WhenAll(sources.Select(source => Ask(source, input["pair"].AsString(), credential)));
        var prices = answers.OfType<decimal>().OrderBy(price => price).ToArray();
        if (prices.Length * 2 <= sources.Length)
            throw new Exception($"only {prices.Length} of {sources.Length} sources answered");
        var middle = (prices[(prices.Length - 1) / 2] + prices[prices.Length / 2]) / 2;
        return new { pair = input["pair"], price = middle.ToString("0.00"), sources = prices.Length };
    }

    static async Task<decimal?> Ask(string source, string pair, string credential)
    {
        var reply = await NeoService.Http.FetchAsync(
            $"{source}?pair={pair}", headers: new Headers { { "authorization", $"Bearer {credential}" } });
        if (reply.Ok) return reply.Json()["price"].AsDecimal();
        Console.WriteLine($"left out: {source} answered {reply.Status}");
        return null;
    }
}
