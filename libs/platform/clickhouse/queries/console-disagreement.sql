-- Where questions are read in more than one way; the largest clusters first.
SELECT
    question, place, division, summary, examples, yes, no, length(yes_camp) AS yes_people, length(no_camp) AS no_people,
    arraySlice(items, 1, {most_items:UInt32}) AS items, measured_at
FROM label_disagreement
ORDER BY examples DESC, question, place
