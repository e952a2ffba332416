// Counts its runs and remembers who came last.
//
//     nsl function deploy visits --file Visits.cs
//     nsl function run visits --input '{"name": "Ada"}'
public record Visit(string Name);
public record Seen(int Count, string? Last);

public class Function
{
    public object Main(Visit visit)
    {
        var before = NeoService.Storage.Get<Seen>("visits") ?? new Seen(0, null);
        var now = new Seen(before.Count + 1, visit.Name);
        NeoService.Storage.Set("visits", now);
        var greeting = before.Last is null ? $"Hello {visit.Name}" : $"Hello {visit.Name}, after {before.Last}";
        return new { greeting, count = now.Count, last = now.Last };
    }
}
