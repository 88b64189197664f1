/**
 * Field numbers of Perfetto's trace format, as in its repository under protos/perfetto/trace: trace.proto,
 * trace_packet.proto, clock_snapshot.proto, interned_data/interned_data.proto and track_event/*.proto
 * (read on 2026-11-23).
 */

/** trace.proto */
export const TRACE = { packet: 1 } as const;

/** trace_packet.proto */
export const PACKET = {
  clockSnapshot: 6,
  timestamp: 8,
  trustedPacketSequenceId: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  trackDescriptor: 60,
} as const;

/** trace_packet.proto, SequenceFlags */
export const SEQUENCE_FLAG = { incrementalStateCleared: 1, needsIncrementalState: 2 } as const;

/** clock_snapshot.proto */
export const CLOCK_SNAPSHOT = { clocks: 1, primaryTraceClock: 2 } as const;
export const CLOCK = { clockId: 1, timestamp: 2 } as const;
/** common/builtin_clock.proto: BUILTIN_CLOCK_BOOTTIME, the default of a packet's timestamp. */
export const BOOT_TIME = 6;

/** interned_data.proto */
export const INTERNED_DATA = { eventCategories: 1, eventNames: 2, debugAnnotationNames: 3 } as const;
/** EventCategory, EventName and DebugAnnotationName alike. */
export const INTERNED = { iid: 1, name: 2 } as const;

/** track_event/track_event.proto */
export const TRACK_EVENT = {
  categoryIids: 3,
  debugAnnotations: 4,
  type: 9,
  nameIid: 10,
  trackUuid: 11,
  doubleCounterValue: 44,
  /** fixed64 */
  flowIds: 47,
  /** fixed64 */
  terminatingFlowIds: 48,
} as const;

/** track_event/track_event.proto, Type */
export const EVENT_TYPE = { sliceBegin: 1, sliceEnd: 2, instant: 3, counter: 4 } as const;

/** track_event/debug_annotation.proto */
export const DEBUG_ANNOTATION = { nameIid: 1, intValue: 4, doubleValue: 5 } as const;

/** track_event/track_descriptor.proto */
export const TRACK_DESCRIPTOR = { uuid: 1, name: 2, process: 3, parentUuid: 5, counter: 8 } as const;

/** track_event/process_descriptor.proto */
export const PROCESS_DESCRIPTOR = { pid: 1, processName: 6 } as const;
