import { z } from 'zod';
import type { CreateDocumentOptions } from 'zod-openapi';

/**
 * Changes schemas that zod describes in a way that few tools understand, or too widely. A record with an enum as keys becomes an object
 * with these properties. A number that is parsed from a parameter gets the limits of the number. Removes the patterns of dates and times,
 * which have hundreds of characters and repeat their format.
 */
export const simplify: NonNullable<CreateDocumentOptions['override']> = ({ jsonSchema, zodSchema }) => {
  if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern;
  if (zodSchema instanceof z.ZodPipe && zodSchema.in instanceof z.ZodNumber) {
    const { $schema: _, ...limits } = z.toJSONSchema(zodSchema.out as z.ZodType);
    Object.assign(jsonSchema, limits);
  }
  if (!(zodSchema instanceof z.ZodRecord) || !(zodSchema.keyType instanceof z.ZodEnum)) return;
  const { additionalProperties: value } = jsonSchema;
  if (value === undefined) return;
  jsonSchema.properties = Object.fromEntries(zodSchema.keyType.options.map((name) => [name, value]));
  jsonSchema.additionalProperties = false;
  delete jsonSchema.propertyNames;
};
