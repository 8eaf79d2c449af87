import { expect, test, vi } from "vitest";
import type { AnnotatorTask, NextTasks } from "../api/types";
import { aTask } from "./builders";
import { type QueueOptions, TaskQueue } from "./queue";

const ALL_DONE = { reason: "all_done", text: "All items are done", next_lease_frees_at: null } as const;

/** A project of `size` items, claimed from the first on. */
function aProject(size: number) {
  const log = { claims: [] as number[], released: [] as number[], extended: [] as number[] };
  let next = 1;
  const claim = async (count: number): Promise<NextTasks> => {
    log.claims.push(count);
    const tasks: AnnotatorTask[] = [];
    while (tasks.length < count && next <= size) {
      tasks.push(aTask(next));
      next += 1;
    }
    return { tasks, empty: tasks.length < count ? ALL_DONE : null };
  };
  const options: QueueOptions = {
    claim,
    extend: async (assignment) => {
      log.extended.push(assignment);
      return { lease_until: new Date(3_600_000).toISOString() };
    },
    release: (assignments) => log.released.push(...assignments),
    preload: async () => undefined,
  };
  return { log, options };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

test("one task is shown and three are ready behind it", async () => {
  const { log, options } = aProject(10);
  const queue = new TaskQueue(options);
  await queue.fill();
  expect(queue.getState()).toMatchObject({ task: { assignment: 1 }, ready: 3 });
  expect(log.claims).toEqual([4]);
});

test("the next task is there in the same moment, before the server is asked for another", async () => {
  const { log, options } = aProject(10);
  const queue = new TaskQueue(options);
  await queue.fill();
  queue.advance();
  expect(queue.getState().task?.assignment).toBe(2);
  await settled();
  expect(queue.getState().ready).toBe(3);
  expect(log.claims).toEqual([4, 1]);
});

test("the end of the queue is said once the last task is done, not before", async () => {
  const { options } = aProject(2);
  const queue = new TaskQueue(options);
  await queue.fill();
  queue.advance();
  expect(queue.getState()).toMatchObject({ task: { assignment: 2 }, empty: null });
  queue.advance();
  await settled();
  expect(queue.getState()).toMatchObject({ task: null, empty: { reason: "all_done" } });
});

test("a server out of reach is told, and asked again on demand", async () => {
  const { options } = aProject(3);
  let isDown = true;
  const claim = (count: number) =>
    isDown ? Promise.reject(new TypeError("network")) : options.claim(count, false);
  const queue = new TaskQueue({ ...options, claim });
  await queue.fill();
  expect(queue.getState().error).toBeInstanceOf(TypeError);
  isDown = false;
  await queue.again();
  expect(queue.getState()).toMatchObject({ task: { assignment: 1 }, error: null });
});

test("a reopened task comes before the others and none is lost", async () => {
  const { options } = aProject(3);
  const queue = new TaskQueue(options);
  await queue.fill();
  queue.advance();
  queue.putFirst(aTask(1, { revision: 1 }));
  expect(queue.getState()).toMatchObject({ task: { assignment: 1, revision: 1 }, ready: 2 });
  queue.advance();
  expect(queue.getState().task?.assignment).toBe(2);
});

test("on leaving everything unstarted is given back, the task begun is kept", async () => {
  const { log, options } = aProject(10);
  const queue = new TaskQueue(options);
  await queue.fill();
  queue.close(1);
  expect(log.released).toEqual([2, 3, 4]);
});

test("tasks that arrive after leaving are given back too", async () => {
  const { log, options } = aProject(2);
  const queue = new TaskQueue(options);
  const filling = queue.fill();
  queue.close(null);
  await filling;
  expect(log.released).toEqual([1, 2]);
});

test("leases are extended when half over, not before", async () => {
  const { log, options } = aProject(1);
  let now = 0;
  const lease_until = new Date(1_800_000).toISOString();
  const claim = async () => ({ tasks: [aTask(1, { lease_until })], empty: ALL_DONE });
  const queue = new TaskQueue({ ...options, claim, now: () => now });
  await queue.fill();
  now = 800_000;
  await queue.extendLeases();
  expect(log.extended).toEqual([]);
  now = 1_000_000;
  await queue.extendLeases();
  expect(log.extended).toEqual([1]);
  expect(queue.leaseLeft()).toBe(2_600_000);
});

test("what was answered and not sent yet is not shown again after a reload", async () => {
  const { log, options } = aProject(8);
  const queue = new TaskQueue({ ...options, resumes: true, unsent: () => [1, 2, 3, 4] });
  await queue.fill();
  expect(queue.getState()).toMatchObject({ task: { assignment: 5 }, ready: 3, isLoading: false });
  expect(log.claims).toEqual([4, 4]);
});

test("what arrives while the server is asked is not shown again either", async () => {
  const { options } = aProject(8);
  let unsent = [1];
  const claim = async (count: number, resume: boolean) => {
    const reply = await options.claim(count, resume);
    unsent = []; // sent and accepted, but the reply was made before
    return reply;
  };
  const queue = new TaskQueue({ ...options, claim, resumes: true, unsent: () => unsent });
  await queue.fill();
  expect(queue.getState().task?.assignment).toBe(2);
});

test("after a reload the tasks come in their order, those begun or sent back first", async () => {
  const { options } = aProject(0);
  const draft = { seq: 1, answers: {}, writing: {} };
  const tasks = [aTask(6), aTask(3), aTask(5, { draft }), aTask(4)];
  const claim = async (): Promise<NextTasks> => ({ tasks, empty: ALL_DONE });
  const queue = new TaskQueue({ ...options, claim, resumes: true });
  await queue.fill();
  const shown: (number | undefined)[] = [];
  for (const _ of tasks) {
    shown.push(queue.getState().task?.assignment);
    queue.advance();
  }
  expect(shown).toEqual([5, 3, 4, 6]);
});

test("a task that is done while another is claimed is made up for", async () => {
  const { log, options } = aProject(10);
  const queue = new TaskQueue({ ...options, preload: () => settled() });
  await queue.fill();
  queue.advance();
  queue.advance();
  await vi.waitFor(() => expect(queue.getState().ready).toBe(3));
  expect(log.claims).toEqual([4, 1, 1]);
});
