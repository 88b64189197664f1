/* Loads, stores and modifies that lie over the ends of lines and pages. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
static unsigned char bytes[1 << 16];
int main(void) {
  uint64_t sum = 0;
  for (unsigned offset = 57; offset + 16 < sizeof bytes; offset += 61) {
    uint64_t word;
    memcpy(&word, bytes + offset, 8);
    word += offset;
    memcpy(bytes + offset, &word, 8);
    bytes[offset + 9]++;
    sum ^= word;
  }
  for (unsigned page = 4092; page + 8 < sizeof bytes; page += 4096) {
    uint64_t word;
    memcpy(&word, bytes + page, 8);
    sum += word;
  }
  printf("%llu\n", (unsigned long long)sum);
  return 0;
}
