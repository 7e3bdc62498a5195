import { Module } from '@nestjs/common';
import { CliSession } from './cli-session.js';
import { AddUser, ConsoleCommand, ConsoleUsers, DisableUser, ListUsers, SetUser } from './commands/console.command.js';
import {
  BuildDataset,
  DatasetCommand,
  DiffDatasets,
  ExportDataset,
  ImportDataset,
  ListDatasets,
  ShowDataset,
  VerifyDataset,
} from './commands/dataset.command.js';
import {
  DeadLettersCommand,
  ListDeadLetters,
  ReplayDeadLetters,
  ShowDeadLetter,
} from './commands/dead-letters.command.js';
import { DoctorCommand } from './commands/doctor.command.js';
import { ExplainCommand } from './commands/explain.command.js';
import { JobsCommand, RunJob } from './commands/jobs.command.js';
import { CreateKey, KeysCommand, ListKeys, RevokeKey } from './commands/keys.command.js';
import {
  ExplainPolicy,
  LintPolicy,
  ListPolicies,
  PolicyCommand,
  PublishPolicy,
  SetMode,
} from './commands/policy.command.js';
import { ExportLabels, ImportLabels, LabelCommand } from './commands/label.command.js';
import { ModelCommand, TrainModel } from './commands/model.command.js';
import { CompareModels, EvaluateModel } from './commands/model-evaluate.command.js';
import { ExportModel, VerifyModel } from './commands/model-export.command.js';
import { ListModels, ShowModel } from './commands/model-list.command.js';
import { PutLive } from './commands/model-live.command.js';
import { PublishCommand } from './commands/publish.command.js';
import {
  CancelRollout,
  DeploymentCommand,
  ListDeployments,
  PromoteModel,
  RollBackModel,
  ShowDeployment,
} from './commands/rollout.command.js';
import { TailCommand } from './commands/tail.command.js';
import {
  ListTrainings,
  RequestTraining,
  ShowTraining,
  TrainingCommand,
  WatchTraining,
} from './commands/training.command.js';
import { CreateTopics, TopicsCommand } from './commands/topics.command.js';

@Module({
  providers: [
    CliSession,
    ...[PublishCommand, TailCommand, ExplainCommand, DoctorCommand],
    ...[TopicsCommand, CreateTopics],
    ...[DeadLettersCommand, ListDeadLetters, ShowDeadLetter, ReplayDeadLetters],
    ...[KeysCommand, CreateKey, ListKeys, RevokeKey],
    ...[PolicyCommand, LintPolicy, ExplainPolicy, PublishPolicy, ListPolicies, SetMode],
    ...[ConsoleCommand, ConsoleUsers, AddUser, SetUser, ListUsers, DisableUser],
    ...[JobsCommand, RunJob],
    ...[LabelCommand, ImportLabels, ExportLabels],
    ...[DatasetCommand, BuildDataset, ListDatasets, ShowDataset],
    ...[DiffDatasets, VerifyDataset, ExportDataset, ImportDataset],
    ...[
      ModelCommand,
      TrainModel,
      EvaluateModel,
      CompareModels,
      ListModels,
      ShowModel,
      ExportModel,
      VerifyModel,
      PutLive,
      PromoteModel,
      RollBackModel,
    ],
    ...[DeploymentCommand, ListDeployments, ShowDeployment, CancelRollout],
    ...[TrainingCommand, RequestTraining, ListTrainings, ShowTraining, WatchTraining],
  ],
})
export class CliModule {}
