import type { LinkParameters } from './parameters.ts';

/** Bytes of a doorbell write and of the address in a read request (PCIe memory transactions). */
const DOORBELL_BYTES = 2;
const READ_REQUEST_BYTES = 4;

/**
 * The host link: packets queue in each direction apart, first come, first served. A command costs a
 * doorbell, the drive's fetch of the command and, for a write, its fetch of the data; a completion costs
 * the data of a read and the completion entry.
 */
export class HostLink {
  /** When the direction to the drive, and to the host, is free again, ps. */
  #toDrive = 0;
  #toHost = 0;
  readonly #parameters: LinkParameters;
  readonly #doorbellPs: number;
  readonly #readRequestPs: number;
  readonly #commandPs: number;
  readonly #completionPs: number;

  constructor(parameters: LinkParameters) {
    this.#parameters = parameters;
    this.#doorbellPs = this.transferPs(DOORBELL_BYTES);
    this.#readRequestPs = Math.round((READ_REQUEST_BYTES + parameters.packetOverheadBytes) * parameters.psPerByte);
    this.#commandPs = this.transferPs(parameters.commandBytes);
    this.#completionPs = this.transferPs(parameters.completionBytes);
  }

  /** Time of a transfer alone on the link, ps. */
  transferPs(bytes: number): number {
    const { packetBytes, packetOverheadBytes, psPerByte } = this.#parameters;
    const packets = Math.ceil(bytes / packetBytes);
    return Math.round((bytes + packets * packetOverheadBytes) * psPerByte);
  }

  /** When the drive has the command, and with it `dataBytes` of data to be written. */
  sendCommand(now: number, dataBytes: number): number {
    let done = this.#fetch(this.#send(now, this.#doorbellPs), this.#commandPs);
    if (dataBytes > 0) done = this.#fetch(done, this.transferPs(dataBytes));
    return done;
  }

  /** When the host has the completion, and with it `dataBytes` of data read. */
  sendCompletion(now: number, dataBytes: number): number {
    let at = now > this.#toHost ? now : this.#toHost;
    if (dataBytes > 0) at += this.transferPs(dataBytes);
    at += this.#completionPs;
    this.#toHost = at;
    return at;
  }

  /** The host tells the drive that it has taken a completion: a doorbell that only occupies the link. */
  acknowledge(now: number): void {
    this.#send(now, this.#doorbellPs);
  }

  #send(now: number, duration: number): number {
    this.#toDrive = (now > this.#toDrive ? now : this.#toDrive) + duration;
    return this.#toDrive;
  }

  /** A read request goes out, the answer comes in. */
  #fetch(now: number, duration: number): number {
    this.#toHost = (now > this.#toHost ? now : this.#toHost) + this.#readRequestPs;
    return this.#send(this.#toHost, duration);
  }
}
