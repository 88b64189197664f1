/* Much code and stack: recursion over many small functions. */
#include <stdio.h>
#define LEAF(n) static __attribute__((noinline)) int leaf##n(int x) { volatile int y = x * (n + 3); return y ^ (x >> (n % 7)); }
LEAF(0) LEAF(1) LEAF(2) LEAF(3) LEAF(4) LEAF(5) LEAF(6) LEAF(7) LEAF(8) LEAF(9) LEAF(10) LEAF(11) LEAF(12) LEAF(13) LEAF(14) LEAF(15)
static int (*const leaves[16])(int) = { leaf0, leaf1, leaf2, leaf3, leaf4, leaf5, leaf6, leaf7, leaf8, leaf9, leaf10, leaf11, leaf12, leaf13, leaf14, leaf15 };
static __attribute__((noinline)) int descend(int depth, int x) {
  volatile int kept[9];
  kept[depth % 9] = leaves[(x ^ depth) & 15](x);
  if (depth == 0) return kept[0];
  return descend(depth - 1, kept[depth % 9] + 1) + (depth % 3 ? 0 : descend(depth / 2, x + depth)) + kept[depth % 9];
}
int main(void) {
  printf("%d\n", descend(40, 5));
  return 0;
}
