import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

/** Width of an element's content, whole CSS pixels; 0 before it is laid out. */
export function useWidth(host: Ref<HTMLElement | null>): Ref<number> {
  const width = ref(0);
  let sizes: ResizeObserver | undefined;
  onMounted(() => {
    sizes = new ResizeObserver(([entry]) => {
      if (entry !== undefined) width.value = Math.floor(entry.contentRect.width);
    });
    if (host.value !== null) sizes.observe(host.value);
  });
  onBeforeUnmount(() => sizes?.disconnect());
  return width;
}
