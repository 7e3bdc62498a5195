import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Link } from 'wouter';
import { fateOf, preferencesQuery, queueApi } from '../api/queue.js';
import { sessionQuery } from '../api/queries.js';
import { RequestError } from '../api/request.js';
import { useMay, useSignedIn } from '../api/session.js';
import type { LabelProgress, LabelQueue, Preferences } from '../api/types.js';
import { asked } from '../queue/answer-sheet.js';
import { begin, isBreakDue, worked } from '../queue/breaks.js';
import { ItemView } from '../queue/item-view.js';
import { commandOf, type Command } from '../queue/keys.js';
import { createQueueSession, type Item, type QueueSession, type QueueView } from '../queue/queue-session.js';
import { ReasonDialog } from '../queue/reason-dialog.js';
import { Button } from '../ui/button.js';
import { KeyCap } from '../ui/key-cap.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { categoryName } from '../ui/words.js';
import './queue.css';

const queues: readonly {
  readonly id: LabelQueue;
  readonly path: string;
  readonly name: string;
  readonly count: (waiting: LabelProgress['waiting']) => number;
}[] = [
  { id: 'STANDARD', path: '/queue', name: 'Standard', count: ({ standard }) => standard },
  { id: 'EXPERT', path: '/queue/expert', name: 'Expert', count: ({ expert }) => expert },
  { id: 'LEGAL', path: '/queue/legal', name: 'Legal', count: ({ legal }) => legal },
];

/** An empty queue is looked at again. */
const LOOK_AGAIN_MS = 10_000;
const SIGNED_OUT = 401;

/** Items to answer questions about, one after the other. */
export function QueuePage({ queue }: { readonly queue: LabelQueue }) {
  const { data: preferences, error, refetch } = useQuery(preferencesQuery);
  if (error !== null) {
    return (
      <Page title="Queue">
        <Failure error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return preferences === undefined ? (
    <Loading what="Opening the queue" />
  ) : (
    <Open queue={queue} preferences={preferences} />
  );
}

function Open({ queue, preferences }: { readonly queue: LabelQueue; readonly preferences: Preferences }) {
  const { csrf } = useSignedIn();
  const queries = useQueryClient();
  const [session] = useState(() =>
    createQueueSession({
      queue,
      api: queueApi(csrf),
      clock: Date.now,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      fateOf,
    }),
  );
  const view = useSyncExternalStore(session.subscribe, session.view);
  useEffect(() => {
    const leave = () => {
      session.leave();
    };
    // A page that the browser kept may come back.
    const comeBack = ({ persisted }: PageTransitionEvent) => {
      if (persisted) session.start();
    };
    session.start();
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', comeBack);
    return () => {
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', comeBack);
      leave();
    };
  }, [session]);
  const isSignedOut = view.trouble instanceof RequestError && view.trouble.status === SIGNED_OUT;
  useEffect(() => {
    if (isSignedOut) void queries.invalidateQueries(sessionQuery);
  }, [isSignedOut, queries]);
  const hasUnsent = view.unsent > 0;
  useEffect(() => {
    if (!hasUnsent) return;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => {
      window.removeEventListener('beforeunload', ask);
    };
  }, [hasUnsent]);
  return (
    <Page title="Queue" actions={<Counts queue={queue} view={view} />}>
      <p className="unseen" role="status">
        {view.said}
      </p>
      <Work session={session} view={view} preferences={preferences} />
    </Page>
  );
}

function Counts({ queue, view }: { readonly queue: LabelQueue; readonly view: QueueView }) {
  const maySettle = useMay('settle_questions');
  const { progress, unsent } = view;
  return (
    <div className="counts">
      {maySettle ? (
        <nav aria-label="Queues" className="queue-tabs">
          {queues.map(({ id, path, name, count }) => (
            <Link key={id} href={path} aria-current={queue === id ? 'page' : undefined}>
              {name}
              {progress === null ? null : <span className="count number"> {count(progress.waiting)}</span>}
            </Link>
          ))}
        </nav>
      ) : progress === null ? null : (
        <span className="number">{progress.waiting.standard} waiting</span>
      )}
      {progress === null ? null : <span className="number">{progress.today} answered today</span>}
      {unsent > 0 ? <span className="number unsent">{unsent} not sent yet</span> : null}
    </div>
  );
}

interface WorkProps {
  readonly session: QueueSession;
  readonly view: QueueView;
  readonly preferences: Preferences;
}

function Work({ session, view, preferences }: WorkProps) {
  const { item, phase, trouble } = view;
  const [stretch, setStretch] = useState(() => begin(Date.now()));
  const [rest, setRest] = useState<'none' | 'due' | 'taken'>('none');
  const lookAgain = () => {
    session.start();
  };
  const onFinished = () => {
    const now = Date.now();
    const next = worked(stretch, now);
    setStretch(next);
    if (isBreakDue(next, now, preferences)) setRest('due');
    window.scrollTo(0, 0);
  };
  const goOn = () => {
    setRest('none');
    setStretch(begin(Date.now()));
    session.start();
  };

  if (rest === 'taken') {
    return (
      <Calm title="A break">
        <p>What was in your hand went back to the queue. Look into the distance, stand up, drink something.</p>
        <Button kind="primary" onPress={goOn}>
          Go on
        </Button>
      </Calm>
    );
  }
  if (rest === 'due') {
    const minutes = Math.round((stretch.lastAt - stretch.since) / 60_000);
    return (
      <Calm title="Time for a break">
        <p>
          You have worked on {stretch.items} items{minutes > 0 ? ` in ${minutes} minutes` : ''}. A few minutes away from
          it keep you well, and your answers good.
        </p>
        <div className="row">
          <Button
            kind="primary"
            onPress={() => {
              session.leave();
              setRest('taken');
            }}
          >
            Take a break
          </Button>
          <Button onPress={goOn}>Later</Button>
        </div>
      </Calm>
    );
  }
  if (item === null) {
    if (phase === 'stopped') return <Stopped questions={view.questions} />;
    if (trouble !== null) return <Trouble error={trouble} onRetry={lookAgain} />;
    if (phase === 'empty') return <Empty view={view} session={session} />;
    return (
      <p className="loading" role="status">
        Fetching an item
      </p>
    );
  }
  return (
    <>
      {trouble === null ? null : <p className="trouble">{troubleOf(trouble)}</p>}
      {view.progress?.standing === 'WARN' ? (
        <p className="trouble">Some of your answers differ from known ones. Have another look at the examples (?).</p>
      ) : null}
      <InHand
        key={`${item.task.leaseId} ${item.attempt}`}
        session={session}
        view={view}
        item={item}
        preferences={preferences}
        onFinished={onFinished}
      />
    </>
  );
}

interface InHandProps extends WorkProps {
  readonly item: Item;
  readonly onFinished: () => void;
}

/** Nothing of one item is left open for the next: this is made anew for each. */
function InHand({ session, view, item, preferences, onFinished }: InHandProps) {
  const [isOpen, setOpen] = useState(false);
  const [hasRead, setRead] = useState(!preferences.isBlurred || item.task.text === null || item.attempt > 0);
  const [active, setActive] = useState<string | null>(null);
  const [helped, setHelped] = useState<string | null>(null);
  const [hasVotes, setVotes] = useState(false);
  const [lacksDecision, setLacking] = useState(false);
  const [asking, setAsking] = useState<'skip' | 'escalate' | null>(null);

  const open = (next: boolean) => {
    setOpen(next);
    if (next) setRead(true);
  };
  const help = (question: string | null) => {
    setActive(question);
    setHelped(helped === question ? null : question);
  };
  const obey = (command: Command) => {
    switch (command.kind) {
      case 'answer':
        setActive(command.question);
        session.press(command.question, command.answer);
        return;
      case 'decide':
        setLacking(false);
        session.decide(command.action);
        return;
      case 'move': {
        const keys = asked(item.layout, item.sheet).map(({ question }) => question.key);
        const at = active === null ? -1 : keys.indexOf(active);
        setActive(keys[Math.min(keys.length - 1, Math.max(0, at + command.by))] ?? null);
        return;
      }
      case 'save':
        // Whoever presses twice by mistake answers nothing about an item that nobody has seen.
        if (!hasRead) open(true);
        else if (session.save()) onFinished();
        else setLacking(true);
        return;
      case 'reveal':
        open(!isOpen);
        return;
      case 'correct':
        session.correct();
        return;
      case 'skip':
      case 'escalate':
        setAsking(command.kind);
        return;
      case 'help':
        help(active ?? item.layout[0]?.question.key ?? null);
        return;
      case 'votes':
        setVotes(!hasVotes);
    }
  };

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (!preferences.hasSingleKeys || event.repeat || asking !== null || isForControl(event)) return;
    const command = commandOf(event, item.layout);
    if (command === null) return;
    event.preventDefault();
    obey(command);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      onKeyDown(event);
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
    };
  }, []);

  return (
    <>
      <ItemView
        item={item}
        preferences={preferences}
        isCorrecting={item.attempt > 0}
        isOpen={isOpen}
        onOpen={open}
        active={active}
        helped={helped}
        hasVotes={hasVotes}
        lacksDecision={lacksDecision}
        onChoose={(question, answer) => {
          setActive(question);
          session.choose(question, answer);
        }}
        onHelp={help}
        onVotes={() => {
          setVotes(!hasVotes);
        }}
        onDecide={(action) => {
          setLacking(false);
          session.decide(action);
        }}
      />
      <p className="unseen" role="status">
        {isOpen && preferences.isBlurred ? 'The text is shown.' : ''}
      </p>
      <Bar view={view} item={item} hasRead={hasRead} hasKeys={preferences.hasSingleKeys} obey={obey} />
      {asking === null ? null : (
        <ReasonDialog
          kind={asking}
          onClose={() => {
            setAsking(null);
          }}
          onChoose={(reason) => {
            setAsking(null);
            session[asking](reason);
            onFinished();
          }}
        />
      )}
    </>
  );
}

interface BarProps {
  readonly view: QueueView;
  readonly item: Item;
  readonly hasRead: boolean;
  readonly hasKeys: boolean;
  readonly obey: (command: Command) => void;
}

function Bar({ view, item, hasRead, hasKeys, obey }: BarProps) {
  const open = asked(item.layout, item.sheet).filter(({ question }) => item.sheet[question.key] === undefined).length;
  const cap = (key: string) => (hasKeys ? <KeyCap>{key}</KeyCap> : null);
  const save = open === 0 ? 'Save' : `Save, no to ${open === 1 ? 'the open one' : `the ${open} open`}`;
  return (
    <div className="action-bar" role="group" aria-label="This item">
      <Button
        kind="primary"
        onPress={() => {
          obey({ kind: 'save' });
        }}
      >
        {item.task.text === null ? 'Go on' : hasRead ? save : 'Read'}
        {cap('Enter')}
      </Button>
      {view.isCorrecting || view.canCorrect ? (
        <Button
          onPress={() => {
            obey({ kind: 'correct' });
          }}
        >
          {view.isCorrecting ? 'Leave it as it was' : 'Correct the last'}
          {cap('⌫')}
        </Button>
      ) : null}
      <Button
        onPress={() => {
          obey({ kind: 'skip' });
        }}
      >
        Skip{cap('S')}
      </Button>
      <Button
        onPress={() => {
          obey({ kind: 'escalate' });
        }}
      >
        Escalate{cap('X')}
      </Button>
      {hasKeys ? (
        <p className="legend hint">
          <KeyCap>1</KeyCap> yes · <KeyCap>⇧</KeyCap>
          <KeyCap>1</KeyCap> unsure · <KeyCap>Space</KeyCap> read · <KeyCap>?</KeyCap> help · <KeyCap>↑</KeyCap>
          <KeyCap>↓</KeyCap> move
        </p>
      ) : null}
    </div>
  );
}

function Empty({ view, session }: { readonly view: QueueView; readonly session: QueueSession }) {
  const { others, avoided, progress } = view;
  useEffect(() => {
    const timer = setInterval(() => {
      session.start();
    }, LOOK_AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }, [session]);
  return (
    <Calm title="Nothing waits for you">
      <p>
        {progress === null || progress.today === 0
          ? 'Items come when a sampling window closes, and when somebody reports or appeals.'
          : `You answered ${progress.today} today. Thank you.`}
      </p>
      {others > 0 ? <p>{others} wait for other languages, teams or people.</p> : null}
      {avoided.length > 0 ? (
        <p>
          Kept away today, as you wished: {avoided.map(categoryName).join(', ')}.{' '}
          <Link href="/profile">Your limits</Link>
        </p>
      ) : null}
      <div className="row">
        {view.canCorrect ? (
          <Button
            onPress={() => {
              session.correct();
            }}
          >
            Correct the last
          </Button>
        ) : null}
      </div>
      <p className="hint">This page looks again by itself.</p>
    </Calm>
  );
}

function Stopped({ questions }: { readonly questions: readonly string[] }) {
  return (
    <Calm title="Let us talk first">
      <p>
        On items whose answer is known, yours differ too often for now. That happens, most of all with questions that
        are hard to read. Somebody who looks after the questions should talk with you before you go on.
      </p>
      {questions.length > 0 ? <p>It is about: {questions.join(', ')}</p> : null}
    </Calm>
  );
}

function Trouble({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  return fateOf(error) === 'again' ? (
    <Notice kind="error" title="The queue is away">
      <p>{troubleOf(error)}</p>
    </Notice>
  ) : (
    <Failure error={error} onRetry={onRetry} />
  );
}

function troubleOf(error: Error): string {
  return error instanceof RequestError ? error.detail : 'Something failed. This page tries again.';
}

function Calm({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="calm">
      <svg viewBox="0 0 120 40" aria-hidden="true">
        <path d="M2 14c10 0 10 8 20 8s10-8 20-8 10 8 20 8 10-8 20-8 10 8 20 8 10-8 16-8M2 28c10 0 10 8 20 8s10-8 20-8 10 8 20 8 10-8 20-8 10 8 20 8 10-8 16-8" />
      </svg>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Keys that a control in focus has for itself: Enter and the space bar of buttons and links, all keys of fields, arrows of radios. */
function isForControl(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === 'radio') return key.startsWith('Arrow') || key === ' ';
  if (target.closest('input, textarea, select, [contenteditable]') !== null) return true;
  return (key === 'Enter' || key === ' ') && target.closest('button, a, summary') !== null;
}
