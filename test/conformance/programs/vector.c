/* Wide accesses: SSE copies, and the stores of the whole floating-point state (512 bytes at once). */
#include <stdio.h>
#include <string.h>
#if defined(__x86_64__)
#include <emmintrin.h>
#endif
static unsigned char from[40000] __attribute__((aligned(64))), to[40000] __attribute__((aligned(64)));
static unsigned char state[1024] __attribute__((aligned(64)));
int main(void) {
  for (unsigned i = 0; i < sizeof from; i++) from[i] = (unsigned char)(i * 31);
#if defined(__x86_64__)
  for (unsigned i = 0; i + 19 < sizeof from; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(from + i + 3));
    _mm_store_si128((__m128i *)(to + i), _mm_xor_si128(v, _mm_load_si128((const __m128i *)(from + i))));
  }
  for (int i = 0; i < 20; i++) __asm__ volatile("fxsave (%0)" : : "r"(state + 16 * (i % 4)) : "memory");
#endif
  memmove(to + 7, to, sizeof to - 7);
  printf("%d %d\n", to[1234], state[0] != 0);
  return 0;
}
