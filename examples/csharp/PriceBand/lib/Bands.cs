namespace PriceBand;

internal static class Bands
{
    private static readonly Dictionary<string, decimal> Percents = new() { ["NEO-USD"] = 2, ["GAS-USD"] = 3 };
    private const decimal Other = 5;

    // In percent of the price.
    public static decimal Of(string pair) => Percents.TryGetValue(pair, out decimal percent) ? percent : Other;
}
