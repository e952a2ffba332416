// V8's archive was built against glibc 2.38, whose headers redirect these functions to versions
// that Debian 12's glibc 2.36 does not have. The plain ones differ only in not reading the binary
// literals of C23.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

extern "C" {

long __isoc23_strtol(const char* text, char** end, int base);
unsigned long __isoc23_strtoul(const char* text, char** end, int base);
long long __isoc23_strtoll(const char* text, char** end, int base);
unsigned long long __isoc23_strtoull(const char* text, char** end, int base);
int __isoc23_sscanf(const char* text, const char* format, ...);
int __isoc23_fscanf(FILE* file, const char* format, ...);

[[gnu::weak]] long __isoc23_strtol(const char* text, char** end, int base) {
  return strtol(text, end, base);
}
[[gnu::weak]] unsigned long __isoc23_strtoul(const char* text, char** end, int base) {
  return strtoul(text, end, base);
}
[[gnu::weak]] long long __isoc23_strtoll(const char* text, char** end, int base) {
  return strtoll(text, end, base);
}
[[gnu::weak]] unsigned long long __isoc23_strtoull(const char* text, char** end, int base) {
  return strtoull(text, end, base);
}
[[gnu::weak]] int __isoc23_sscanf(const char* text, const char* format, ...) {
  va_list list;
  va_start(list, format);
  const int count = vsscanf(text, format, list);
  va_end(list);
  return count;
}
[[gnu::weak]] int __isoc23_fscanf(FILE* file, const char* format, ...) {
  va_list list;
  va_start(list, format);
  const int count = vfscanf(file, format, list);
  va_end(list);
  return count;
}

}  // extern "C"
