#include <curl/curl.h>

#include <memory>
#include <string_view>

#include "client/api/http.h"
#include "core/base/assert.h"

namespace nsl::client::api {
namespace {

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeHeaders>;

void add_header(Headers& headers, const std::string& line) {
  curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
  NSL_ASSERT(longer != nullptr);
  [[maybe_unused]] curl_slist* const moved = headers.release();
  headers.reset(longer);
}

std::size_t write_body(char* data, std::size_t size, std::size_t count, void* target) {
  // SAFETY: curl hands back the pointer given as CURLOPT_WRITEDATA, which outlives the transfer.
  std::string& body = *static_cast<std::string*>(target);
  const std::size_t bytes = size * count;
  if (body.size() + bytes > static_cast<std::size_t>(kReplyBytesMax)) return 0;
  body.append(data, bytes);
  return bytes;
}

template <class T>
void set(CURL* handle, CURLoption option, T value) {
  // SAFETY: each call below passes the type that libcurl documents for its option.
  const CURLcode code = curl_easy_setopt(handle, option, value);
  NSL_ASSERT(code == CURLE_OK);
}

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// The part of a URL, empty when there is none or the URL does not parse.
std::string url_part(const std::string& text, CURLUPart part) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  char* value = nullptr;
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK ||
      curl_url_get(url.get(), part, &value, 0) != CURLUE_OK) {
    return {};
  }
  std::string result(value);
  curl_free(value);
  return result;
}

bool is_loopback(const std::string& url) {
  const std::string host = url_part(url, CURLUPART_HOST);
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

Error explain(CURLcode code, const char* text) {
  if (code == CURLE_WRITE_ERROR) return {Code::limit_exceeded, "The reply is too large"};
  if (code == CURLE_OPERATION_TIMEDOUT) return {Code::deadline_exceeded, "No answer in time"};
  const std::string why = *text == '\0' ? curl_easy_strerror(code) : text;
  return {Code::cli_unreachable, "The service does not answer: " + why};
}

}  // namespace

bool is_private_url(const std::string& url) {
  return url_part(url, CURLUPART_SCHEME) == "https" ||
         (url_part(url, CURLUPART_SCHEME) == "http" && is_loopback(url));
}

CurlHttp::CurlHttp() : handle_(curl_easy_init()) { NSL_ASSERT(handle_ != nullptr); }

CurlHttp::~CurlHttp() { curl_easy_cleanup(handle_); }

Result<HttpReply> CurlHttp::post(const HttpRequest& request) {
  CURL* const handle = handle_;
  curl_easy_reset(handle);  // Keeps open connections.
  Headers headers;
  add_header(headers, "Content-Type: " + request.content_type);
  add_header(headers, "Expect:");  // No 100-continue round trip.
  for (const auto& [name, value] : request.headers) add_header(headers, name + ": " + value);

  HttpReply reply;
  char why[CURL_ERROR_SIZE] = "";
  set(handle, CURLOPT_URL, request.url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_USERAGENT, "nsl");
  set(handle, CURLOPT_POST, 1L);
  set(handle, CURLOPT_POSTFIELDS, request.body.data());
  set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  set(handle, CURLOPT_ERRORBUFFER, static_cast<char*>(why));
  set(handle, CURLOPT_WRITEFUNCTION, &write_body);
  set(handle, CURLOPT_WRITEDATA, static_cast<void*>(&reply.body));
  if (is_loopback(request.url)) set(handle, CURLOPT_PROXY, "");

  const CURLcode code = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  if (code != CURLE_OK) return fail(explain(code, why));
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  const char* type = nullptr;
  curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
  reply.status = static_cast<int>(status);
  reply.content_type = type == nullptr ? "" : type;
  return reply;
}

}  // namespace nsl::client::api
