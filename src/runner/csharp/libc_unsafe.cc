// What the C library would do for Mono and must not: load native code, and look up users, groups
// and hosts, which loads native code too. A function that asks hears that there is none.
#include <dlfcn.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>

#include <cerrno>

// SAFETY: the declarations are the C library's own; the program's definitions come before the
// archive's. No result points anywhere.
extern "C" {

void* dlopen(const char*, int) noexcept { return nullptr; }
void* dlsym(void* __restrict, const char* __restrict) noexcept { return nullptr; }
int dlclose(void*) noexcept { return 0; }
char* dlerror() noexcept {
  static char text[] = "there is no native code to load";
  return text;
}

int getaddrinfo(const char* __restrict, const char* __restrict, const addrinfo* __restrict,
                addrinfo** __restrict) {
  return EAI_FAIL;
}
void freeaddrinfo(addrinfo*) noexcept {}
hostent* gethostbyname(const char*) { return nullptr; }
protoent* getprotobyname(const char*) { return nullptr; }
int getprotobyname_r(const char* __restrict, protoent* __restrict, char* __restrict, std::size_t,
                     protoent** __restrict result) {
  *result = nullptr;
  return ENOENT;
}

passwd* getpwuid(uid_t) { return nullptr; }
passwd* getpwnam(const char*) { return nullptr; }
int getpwuid_r(uid_t, passwd* __restrict, char* __restrict, std::size_t,
               passwd** __restrict result) {
  *result = nullptr;
  return ENOENT;
}
int getpwnam_r(const char* __restrict, passwd* __restrict, char* __restrict, std::size_t,
               passwd** __restrict result) {
  *result = nullptr;
  return ENOENT;
}
int getgrgid_r(gid_t, group* __restrict, char* __restrict, std::size_t, group** __restrict result) {
  *result = nullptr;
  return ENOENT;
}
int getgrnam_r(const char* __restrict, group* __restrict, char* __restrict, std::size_t,
               group** __restrict result) {
  *result = nullptr;
  return ENOENT;
}

}  // extern "C"
