import { expect, test } from 'vitest';
import { SchemaPlans } from './schema-plans.ts';

test.each(['\n', '\0', '","'])('names that contain %j have a layout of their own', (mark) => {
  const plans = new SchemaPlans();
  plans.planOf({ [`level${mark}message`]: 1 });
  expect(plans.layout.names).toEqual([`level${mark}message`]);
  plans.planOf({ level: 'info', message: 'opened' });
  expect(plans.layout.names).toEqual(['level', 'message']);
});
