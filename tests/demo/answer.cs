// The same as answer.js: looks up on chain what a request of the hub asks, asks a price server with
// a credential that only this function can read, and writes the answer with the enclave's wallet.
public class Function
{
    public async Task<object> Event(JsonValue happened, Context context)
    {
        var (server, secret, wallet) = (context.Environment["server"], context.Environment["secret"],
                                        context.Environment["wallet"]);
        var contract = happened["contract"].AsString();
        var number = happened["arguments"][0];  // {"type": "Integer", "value": "1"}

        var found = await NeoService.Blockchain.CallAsync(contract, "getRequest", number);
        var request = found["stack"][0]["value"];
        if (found["state"].AsString() != "HALT" || request.Kind != JsonKind.Array)
            return new { request = number["value"], answered = false, why = "it is no longer pending" };
        var asked = Encoding.UTF8.GetString(Convert.FromBase64String(request[2]["value"].AsString()));
        var pair = JsonValue.Parse(asked)["pair"].AsString();

        var credential = await NeoService.Secrets.GetAsync(secret.AsString());
        var reply = await NeoService.Http.FetchAsync(
            $"{server}/price?pair={Uri.EscapeDataString(pair)}",
            headers: new Headers { { "Authorization", $"Bearer {credential}" } });
        if (!reply.Ok) throw new Exception($"The price server answered {reply.Status}");
        var price = reply.Json()["price"].AsString();
        Console.WriteLine($"{pair} is {price}");

        var sent = await NeoService.Wallet.InvokeAsync(wallet.AsString(), contract, "fulfil", [number, 0, price]);
        return new { request = number["value"], answered = true, price, transaction = sent["transaction"] };
    }
}
