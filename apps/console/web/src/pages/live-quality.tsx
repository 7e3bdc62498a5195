import { Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';

export function LiveQualityPage() {
  return (
    <Page
      title="Live quality"
      lead="Precision and recall of what is live, by category and channel, with 95 % intervals."
    >
      <Notice title="Insufficient labels">
        <p>
          No figure is shown here until people have answered enough questions about contents that were drawn with a
          known probability. An estimate from fewer labels would say more about chance than about the model.
        </p>
        <p>Until then every threshold is the provisional one of its policy, and every verdict says so.</p>
      </Notice>
    </Page>
  );
}
