using System.Globalization;

namespace PriceBand;

internal static class Amounts
{
    public static decimal Parse(string text)
    {
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint;
        if (decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out decimal amount)) return amount;
        throw new FormatException($"'{text}' is no price");
    }

    public static string Format(decimal amount) => amount.ToString("0.########", CultureInfo.InvariantCulture);

    public static decimal Median(IEnumerable<decimal> amounts)
    {
        decimal[] sorted = amounts.OrderBy(amount => amount).ToArray();
        if (sorted.Length == 0) throw new ArgumentException("there are no prices");
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
