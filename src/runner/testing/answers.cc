#include "runner/testing/answers.h"

namespace nsl::runner::testing {

void answer_calls(Driver& driver, std::string& fetched) {
  for (const char* method :
       {"secrets.get", "storage.get", "storage.set", "wallet.sign", "wallet.invoke",
        "wallet.transfer", "blockchain.call", "blockchain.getBlock", "blockchain.getTransaction",
        "blockchain.getApplicationLog", "blockchain.getBalance"}) {
    driver.on(method, [](const v1::HostCall& call) { return call.arguments(); });
  }
  driver.on("blockchain.getBlockHeight", [](const v1::HostCall&) { return "1234"; });
  driver.on("time.now", [](const v1::HostCall&) { return "1700000000000"; });
  driver.on("time.sleep", [](const v1::HostCall&) { return "null"; });
  driver.on("random.bytes", [](const v1::HostCall&) { return "\"AQID\""; });
  driver.on("http.fetch", [&fetched](const v1::HostCall& call) {
    fetched = call.arguments();
    return std::string(R"({"status":404,"headers":[["X-A","1"],["x-a","2"]],"body":"{\"k\":5}"})");
  });
}

std::size_t log_bytes(const RunRecord& record) {
  std::size_t bytes = 0;
  for (const v1::LogLine& line : record.logs) bytes += line.text().size();
  return bytes;
}

}  // namespace nsl::runner::testing
