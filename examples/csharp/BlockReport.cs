// What tokens are called and how much there is of each, as of now.
//
//     nsl function deploy report --file BlockReport.cs
//     nsl function run report --input '{"tokens": ["0xd2a4cff31913016155e38e474a2c06d08be276cf"]}'
public record Report(string[] Tokens);

public class Function
{
    public object Main(Report report) => new
    {
        block = NeoService.Blockchain.GetBlockHeight(),
        tokens = report.Tokens.Select(Describe).ToList(),
    };

    static object Describe(string contract)
    {
        var decimals = int.Parse(Read(contract, "decimals"));
        var supply = BigInteger.Parse(Read(contract, "totalSupply"));
        var unit = BigInteger.Pow(10, decimals);
        var fraction = (supply % unit).ToString().PadLeft(decimals, '0');
        return new
        {
            symbol = Encoding.UTF8.GetString(Convert.FromBase64String(Read(contract, "symbol"))),
            supply = decimals == 0 ? $"{supply}" : $"{supply / unit}.{fraction}",
        };
    }

    static string Read(string contract, string method)
    {
        var answer = NeoService.Blockchain.Call(contract, method);
        return answer["state"].AsString() == "HALT"
            ? answer["stack"][0]["value"].AsString()
            : throw new Exception($"{contract} has no {method}: {answer["exception"]}");
    }
}
