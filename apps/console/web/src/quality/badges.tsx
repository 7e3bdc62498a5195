import type { AgreementRow, LabelerRow } from '../api/types.js';
import { Badge } from '../ui/badge.js';

const bands = {
  GOOD: { name: 'Good', look: 'allow' },
  TENTATIVE: { name: 'Tentative', look: 'review' },
  POOR: { name: 'Poor', look: 'block' },
} as const;

/** How good agreement is, by word, shape and colour. */
export function BandBadge({ band }: { readonly band: AgreementRow['band'] }) {
  if (band === null) return <span className="hint">not known</span>;
  const { name, look } = bands[band];
  return <Badge name={name} look={look} />;
}

const standings = {
  GOOD: { name: 'Good', look: 'allow' },
  WARN: { name: 'Warned', look: 'review' },
  STOP: { name: 'Stopped', look: 'block' },
} as const;

/** Whether somebody's answers can be believed. */
export function StandingBadge({ standing }: { readonly standing: LabelerRow['standing'] }) {
  const { name, look } = standings[standing];
  return <Badge name={name} look={look} />;
}
