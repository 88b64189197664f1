/* Sorts strings of many lengths: library calls, unaligned copies, branches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
int main(void) {
  enum { N = 900 };
  static char text[N][40];
  static char *lines[N];
  unsigned seed = 7;
  for (int i = 0; i < N; i++) {
    int length = 3 + (seed >> 16) % 33;
    for (int j = 0; j < length; j++) {
      seed = seed * 1664525u + 1013904223u;
      text[i][j] = 'a' + (seed >> 24) % 26;
    }
    lines[i] = text[i];
  }
  qsort(lines, N, sizeof *lines, compare);
  char joined[N * 40], *end = joined;
  for (int i = 0; i < N; i++) { size_t n = strlen(lines[i]); memcpy(end, lines[i], n); end += n; }
  *end = 0;
  printf("%zu %.20s\n", strlen(joined), joined);
  return 0;
}
