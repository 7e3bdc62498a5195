import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { SignedInContext, useSession } from './api/session.js';
import type { SignedIn } from './api/types.js';
import { NewPasswordPage, SignInPage } from './pages/sign-in.js';
import { Shell } from './shell.js';
import { Loading, Notice } from './ui/notice.js';
import { Page } from './ui/page.js';

// Each page is fetched when it is opened: whoever labels loads no charts.
const QueuePage = lazy(async () => ({ default: (await import('./pages/queue.js')).QueuePage }));
const LivePage = lazy(async () => ({ default: (await import('./pages/live.js')).LivePage }));
const ExplainPage = lazy(async () => ({ default: (await import('./pages/explain.js')).ExplainPage }));
const QualityPage = lazy(async () => ({ default: (await import('./pages/quality.js')).QualityPage }));
const LiveQualityPage = lazy(async () => ({ default: (await import('./pages/live-quality.js')).LiveQualityPage }));
const DatasetsPage = lazy(async () => ({ default: (await import('./pages/datasets.js')).DatasetsPage }));
const ModelsPage = lazy(async () => ({ default: (await import('./pages/models.js')).ModelsPage }));
const DeadLettersPage = lazy(async () => ({ default: (await import('./pages/dead-letters.js')).DeadLettersPage }));
const DeadLetterPage = lazy(async () => ({ default: (await import('./pages/dead-letter.js')).DeadLetterPage }));
const ProfilePage = lazy(async () => ({ default: (await import('./pages/profile.js')).ProfilePage }));

/** Who may see what is decided by the server; this only leaves out what it would refuse. */
export function App() {
  const session = useSession();
  if (!session.signedIn) return <SignInPage method={session.method} />;
  if (session.mustChangePassword) return <NewPasswordPage session={session} />;
  return (
    <SignedInContext value={session}>
      <Shell>
        <Suspense fallback={<Loading what="Opening the page" />}>
          <Switch>
            <Route path="/">
              <Redirect to={firstPageOf(session)} replace />
            </Route>
            <Route path="/queue">
              <QueuePage key="standard" queue="STANDARD" />
            </Route>
            <Route path="/queue/expert">
              <QueuePage key="expert" queue="EXPERT" />
            </Route>
            <Route path="/queue/legal">
              <QueuePage key="legal" queue="LEGAL" />
            </Route>
            <Route path="/live" component={LivePage} />
            <Route path="/explain/:verdictId?">{({ verdictId }) => <ExplainPage verdictId={verdictId ?? ''} />}</Route>
            <Route path="/quality/*?">{(params) => <QualityPage section={params['*'] ?? ''} />}</Route>
            <Route path="/live-quality" component={LiveQualityPage} />
            <Route path="/datasets/*?">{(params) => <DatasetsPage place={params['*'] ?? ''} />}</Route>
            <Route path="/models/*?">{(params) => <ModelsPage place={params['*'] ?? ''} />}</Route>
            <Route path="/dead-letters" component={DeadLettersPage} />
            <Route path="/dead-letters/*">{(params) => <DeadLetterPage name={params['*']} />}</Route>
            <Route path="/profile" component={ProfilePage} />
            <Route>
              <Page title="Nothing here">
                <Notice title="There is no page at this address">
                  <p>It may have been mistyped. The pages of the console are in the menu.</p>
                </Notice>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </Shell>
    </SignedInContext>
  );
}

/** Who is here to answer questions begins with them. */
function firstPageOf({ roles, permissions }: SignedIn): string {
  const isHereToAnswer = permissions.includes('answer_questions') && !roles.includes('admin');
  return isHereToAnswer ? '/queue' : '/live';
}
