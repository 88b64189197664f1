/*
 * The accesses of `faultline bench`, made by a real program, so that another simulator can be timed on them.
 * usage: accesses PATTERN COUNT; makes what the bench sets up and then COUNT accesses of 8 bytes.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB (1024ull * 1024)

/* As draw(seed 1, stream 0) of the emulator's patterns. */
static inline uint32_t draw(uint32_t i) {
  uint32_t x = i * 0x9e3779b1u + 0x85ebca6bu;
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}
static inline uint64_t slot(uint32_t i, uint64_t slots) { return (draw(i) * slots) >> 32; }

static char *map(uint64_t bytes, int flags, int fd) {
  char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (p == MAP_FAILED) { perror("mmap"); exit(1); }
  return p;
}
static inline void load(const char *p) { (void)*(volatile const uint64_t *)p; }

static void sequential(const char *p, uint64_t bytes, uint64_t count) {
  for (uint64_t i = 0, at = 0; i < count; i++) { load(p + at); at += 8; if (at == bytes) at = 0; }
}
static void random64(const char *p, uint64_t bytes, uint64_t count) {
  for (uint64_t i = 0; i < count; i++) load(p + slot((uint32_t)i, bytes / 64) * 64);
}
static void mixed(const char *p, uint64_t bytes, uint64_t count) {
  uint64_t at = 0, random = 0;
  for (uint64_t done = 0; done < count; done += 2048) {
    for (int k = 0; k < 1024; k++) { load(p + at); at += 8; }
    if (at == bytes) at = 0;
    for (int k = 0; k < 1024; k++) load(p + slot((uint32_t)random++, bytes / 64) * 64);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const char *pattern = argv[1];
  uint64_t count = strtoull(argv[2], NULL, 10);
  int anonymous = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  if (strcmp(pattern, "sequential") == 0) sequential(map(64 * MIB, anonymous, -1), 64 * MIB, count);
  else if (strcmp(pattern, "random") == 0) random64(map(64 * MIB, anonymous, -1), 64 * MIB, count);
  else if (strcmp(pattern, "mixed") == 0) mixed(map(64 * MIB, anonymous, -1), 64 * MIB, count);
  else if (strcmp(pattern, "l1") == 0) sequential(map(16 * 1024, anonymous, -1), 16 * 1024, count);
  else if (strcmp(pattern, "walks") == 0) random64(map(4096 * MIB, anonymous, -1), 4096 * MIB, count);
  else if (strcmp(pattern, "faults") == 0) {
    char name[] = "/tmp/faultline-bench-XXXXXX";
    int fd = mkstemp(name);
    if (fd < 0 || unlink(name) != 0 || ftruncate(fd, (off_t)(count * 4096 + 4096)) != 0) { perror(name); return 1; }
    char *p = map(count * 4096 + 4096, MAP_SHARED, fd);
    for (uint64_t i = 0; i < count; i++) *(volatile uint64_t *)(p + i * 4096) = i;
  } else return 2;
  return 0;
}
