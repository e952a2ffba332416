#include "client/cli/function_templates.h"

#include "core/base/assert.h"

namespace nsl::client::cli {
namespace {

// How it is tested and deployed, as a comment at the top: what begins its lines, and how the
// deployment names it, follow from language and layout.
constexpr std::string_view kAbout =
    "@ Runs with `nsl test .`, and on chain events, schedules and calls once it is deployed:\n"
    "@   nsl function deploy NAME $ --secret api-key --egress api.example.com\n";

struct Template {
  std::string_view runtime;
  std::string_view comment;
  std::string_view file;
  std::string_view source;
  std::string_view main_file;
  std::string_view main_source;
  std::string_view part_file;
  std::string_view part_source;
};

constexpr Template kTemplates[] = {
    {.runtime = "csharp",
     .comment = "//",
     .file = "function.cs",
     .source =
         "public class Function\n"
         "{\n"
         "    public async Task<object> Main(JsonValue input, Context context)\n"
         "    {\n"
         "        var key = await NeoService.Secrets.GetAsync(\"api-key\");\n"
         "        var response = await NeoService.Http.FetchAsync(\n"
         "            $\"https://api.example.com/price?pair={input[\"pair\"]}\",\n"
         "            headers: new Headers { { \"authorization\", $\"Bearer {key}\" } });\n"
         "        if (!response.Ok) throw new Exception($\"the price answered "
         "{response.Status}\");\n"
         "        return new { pair = input[\"pair\"], price = response.Json()[\"price\"] };\n"
         "    }\n"
         "}\n",
     .main_file = "Function.cs",
     .main_source = "public class Function\n"
                    "{\n"
                    "    public async Task<object> Main(JsonValue input)\n"
                    "    {\n"
                    "        return new { pair = input[\"pair\"], price = await "
                    "Prices.Ask(input[\"pair\"].AsString()) };\n"
                    "    }\n"
                    "}\n",
     .part_file = "lib/Prices.cs",
     .part_source =
         "internal static class Prices\n"
         "{\n"
         "    public static async Task<JsonValue> Ask(string pair)\n"
         "    {\n"
         "        var key = await NeoService.Secrets.GetAsync(\"api-key\");\n"
         "        var response = await "
         "NeoService.Http.FetchAsync($\"https://api.example.com/price?pair={pair}\",\n"
         "            headers: new Headers { { \"authorization\", $\"Bearer {key}\" } });\n"
         "        if (!response.Ok) throw new Exception($\"the price answered "
         "{response.Status}\");\n"
         "        return response.Json()[\"price\"];\n"
         "    }\n"
         "}\n"},
    {.runtime = "javascript",
     .comment = "//",
     .file = "function.js",
     .source =
         "export default {\n"
         "  async main(params) {\n"
         "    const key = await neoService.secrets.get('api-key');\n"
         "    const response = await fetch(`https://api.example.com/price?pair=${params.pair}`, {\n"
         "      headers: { authorization: `Bearer ${key}` },\n"
         "    });\n"
         "    if (!response.ok) throw new Error(`the price answered ${response.status}`);\n"
         "    return { pair: params.pair, price: (await response.json()).price };\n"
         "  },\n"
         "};\n",
     .main_file = "main.js",
     .main_source = "import { askPrice } from './lib/price.js';\n"
                    "\n"
                    "export default {\n"
                    "  async main({ pair }) {\n"
                    "    return { pair, price: await askPrice(pair) };\n"
                    "  },\n"
                    "};\n",
     .part_file = "lib/price.js",
     .part_source =
         "export async function askPrice(pair) {\n"
         "  const key = await neoService.secrets.get('api-key');\n"
         "  const response = await fetch(`https://api.example.com/price?pair=${pair}`, {\n"
         "    headers: { authorization: `Bearer ${key}` },\n"
         "  });\n"
         "  if (!response.ok) throw new Error(`the price answered ${response.status}`);\n"
         "  return (await response.json()).price;\n"
         "}\n"},
    {.runtime = "python",
     .comment = "#",
     .file = "function.py",
     .source = "async def main(params, context):\n"
               "    key = await neo_service.secrets.get(\"api-key\")\n"
               "    url = f\"https://api.example.com/price?pair={params['pair']}\"\n"
               "    response = await neo_service.http.fetch(url, headers={\"authorization\": "
               "f\"Bearer {key}\"})\n"
               "    if not response.ok:\n"
               "        raise ValueError(f\"the price answered {response.status}\")\n"
               "    return {\"pair\": params[\"pair\"], \"price\": response.json()[\"price\"]}\n",
     .main_file = "main.py",
     .main_source =
         "from lib import price\n"
         "\n"
         "\n"
         "async def main(params):\n"
         "    return {\"pair\": params[\"pair\"], \"price\": await price.ask(params[\"pair\"])}\n",
     .part_file = "lib/price.py",
     .part_source = "async def ask(pair):\n"
                    "    key = await neo_service.secrets.get(\"api-key\")\n"
                    "    response = await "
                    "neo_service.http.fetch(f\"https://api.example.com/price?pair={pair}\",\n"
                    "                                            headers={\"authorization\": "
                    "f\"Bearer {key}\"})\n"
                    "    if not response.ok:\n"
                    "        raise ValueError(f\"the price answered {response.status}\")\n"
                    "    return response.json()[\"price\"]\n"},
};

constexpr std::string_view kTests =
    "{\n"
    "  %,\n"
    "  \"doubles\": {\n"
    "    \"secrets\": {\"api-key\": \"not a real key\"},\n"
    "    \"http\": [\n"
    "      {\"url\": \"https://api.example.com/price?pair=NEO-USD\", \"body\": {\"price\": "
    "\"12.5\"}},\n"
    "      {\"url\": \"https://api.example.com/price?pair=none\", \"status\": 404}\n"
    "    ]\n"
    "  },\n"
    "  \"tests\": [\n"
    "    {\n"
    "      \"name\": \"answers the price of a pair\",\n"
    "      \"input\": {\"pair\": \"NEO-USD\"},\n"
    "      \"output\": {\"pair\": \"NEO-USD\", \"price\": \"12.5\"},\n"
    "      \"calls\": [{\"method\": \"secrets.get\"}, {\"method\": \"http.fetch\", \"arguments\": "
    "{\"method\": \"GET\"}}]\n"
    "    },\n"
    "    {\n"
    "      \"name\": \"fails for a pair nobody trades\",\n"
    "      \"input\": {\"pair\": \"none\"},\n"
    "      \"error\": \"the price answered 404\"\n"
    "    }\n"
    "  ]\n"
    "}\n";

std::string with(std::string text, char mark, std::string_view value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, 1, value);
    at += value.size();
  }
  return text;
}

}  // namespace

std::vector<std::string> template_runtimes() {
  std::vector<std::string> runtimes;
  for (const Template& known : kTemplates) runtimes.emplace_back(known.runtime);
  return runtimes;
}

std::vector<TemplateFile> template_files(std::string_view runtime, Layout layout) {
  for (const Template& known : kTemplates) {
    if (known.runtime != runtime) continue;
    const bool is_one = layout == Layout::one_file;
    const std::string deployed = is_one ? "--file " + std::string(known.file) : "--dir .";
    const std::string about = with(with(std::string(kAbout), '@', known.comment), '$', deployed);
    const std::string sources =
        is_one ? "\"source\": \"" + std::string(known.file) + "\"" : "\"folder\": \".\"";
    TemplateFile tests{.path = "function.test.json",
                       .content = with(std::string(kTests), '%', sources)};
    if (is_one) {
      return {{.path = std::string(known.file), .content = about + std::string(known.source)},
              tests};
    }
    return {
        {.path = std::string(known.main_file), .content = about + std::string(known.main_source)},
        {.path = std::string(known.part_file), .content = std::string(known.part_source)},
        tests};
  }
  NSL_ASSERT(false);  // The command line offers those there are.
}

}  // namespace nsl::client::cli
