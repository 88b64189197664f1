import type { PolicyId } from '#model/policies';
import { AllocateAtMmap } from './p0-allocate-at-mmap.ts';
import { FillAtNopage } from './p1-fill-at-nopage.ts';
import { WriteAccess } from './p2-write-access.ts';
import { AllocateAtWritepage } from './p3-allocate-at-writepage.ts';
import { CompanionsAtWritepage, CompanionsTried } from './p4-companions-at-writepage.ts';
import { WriteProtect, WriteProtectDelayed } from './p5-write-protect.ts';
import { PresentCompanions } from './p6-present-companions.ts';
import type { Policy } from './policy.ts';
import { Tmpfs } from './tmpfs.ts';

/** The policy of an id. */
export function makePolicy(id: PolicyId): Policy {
  switch (id) {
    case 'P0':
      return new AllocateAtMmap();
    case 'P1':
      return new FillAtNopage();
    case 'P2':
    case 'P2-writable':
      return new WriteAccess(id);
    case 'P3':
      return new AllocateAtWritepage();
    case 'P4':
      return new CompanionsAtWritepage();
    case 'P4-nonblocking':
      return new CompanionsTried();
    case 'P5':
    case 'P5-by-page':
      return new WriteProtect(id);
    case 'P5-delayed':
      return new WriteProtectDelayed();
    case 'P6':
      return new PresentCompanions();
    case 'tmpfs':
      return new Tmpfs();
  }
}
