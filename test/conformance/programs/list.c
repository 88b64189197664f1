/* Walks a linked list whose nodes lie in random order, and changes them. */
#include <stdio.h>
#include <stdlib.h>
struct node { struct node *next; int value; char padding[52]; };
int main(void) {
  enum { N = 3000 };
  struct node *nodes = calloc(N, sizeof *nodes);
  unsigned order[N], seed = 12345;
  for (unsigned i = 0; i < N; i++) order[i] = i;
  for (unsigned i = N - 1; i > 0; i--) {
    seed = seed * 1103515245u + 12345u;
    unsigned j = (seed >> 8) % (i + 1), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
  for (unsigned i = 0; i < N; i++) nodes[order[i]].next = &nodes[order[(i + 1) % N]];
  long sum = 0;
  struct node *p = nodes;
  for (int i = 0; i < 4 * N; i++) { p->value++; sum += p->value; p = p->next; }
  printf("%ld\n", sum);
  free(nodes);
  return 0;
}
