import { ref } from 'vue';

/** Whether timelines tell time in cycles, where the run's processor has a clock: a person's choice for all of them. */
export const inCycles = ref(false);
