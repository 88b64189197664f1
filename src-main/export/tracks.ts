/** A track that slices are put on: those on it lie in each other or apart, as viewers demand. */
export interface Track {
  readonly lane: number;
  /** 0 for the lane's own track, 1 and on for those beside it. */
  readonly place: number;
  /** Number of the track among all, by first use. */
  readonly number: number;
  /** Ends of the slices that are open, the innermost last. */
  readonly open: number[];
  /** Start of the latest slice. */
  start: number;
}

/** Told when a slice is over, innermost first, before the next begins on its track. */
export type OnEnd = (track: Track, end: number) => void;

/**
 * Shares a lane's slices out to tracks. Requests of a disk overlap, but a viewer's track holds slices that nest:
 * a slice goes to the first of its lane's tracks where it does not cut another.
 */
export class Tracks {
  private readonly byLane: Track[][] = [];
  private readonly all: Track[] = [];
  private readonly onEnd: OnEnd;

  constructor(onEnd: OnEnd = () => undefined) {
    this.onEnd = onEnd;
  }

  /** The lane's own track. */
  own(lane: number): Track {
    const tracks = (this.byLane[lane] ??= []);
    return tracks[0] ?? this.add(lane, tracks);
  }

  /** The track for a slice; times in any one unit, rounded as they will be written. */
  place(lane: number, start: number, end: number): Track {
    const tracks = (this.byLane[lane] ??= []);
    const fitting = tracks.find((track) => fits(track, start, end)) ?? this.add(lane, tracks);
    const { open } = fitting;
    while (open.length > 0 && open[open.length - 1] <= start) this.onEnd(fitting, open.pop()!);
    open.push(end);
    fitting.start = start;
    return fitting;
  }

  /** Ends every slice that is still open. */
  finish(): void {
    for (const track of this.all)
      for (let end = track.open.pop(); end !== undefined; end = track.open.pop()) this.onEnd(track, end);
  }

  private add(lane: number, tracks: Track[]): Track {
    const track: Track = { lane, place: tracks.length, number: this.all.length, open: [], start: -Infinity };
    tracks.push(track);
    this.all.push(track);
    return track;
  }
}

/** Whether nothing that is still open at `start` ends before `end`. */
function fits({ open, start: latest }: Track, start: number, end: number): boolean {
  if (start < latest) return false;
  for (let i = open.length - 1; i >= 0; i--) if (open[i] > start) return open[i] >= end;
  return true;
}
