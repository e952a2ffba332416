// The median of what several markets say, and the band around it that an order may be filled in.
//
//   nsl test .
//   nsl function deploy price-band --dir .
//   nsl function run price-band --input '{"pair": "NEO-USD", "prices": ["12.10", "12.30", "99"]}'
using PriceBand;

public record Ask(string Pair, string[] Prices);

public class Function
{
    public object Main(Ask ask)
    {
        decimal percent = Bands.Of(ask.Pair);
        decimal price = Amounts.Median(ask.Prices.Select(Amounts.Parse));
        return new
        {
            pair = ask.Pair,
            price = Amounts.Format(price),
            low = Amounts.Format(price * (100 - percent) / 100),
            high = Amounts.Format(price * (100 + percent) / 100),
        };
    }
}
