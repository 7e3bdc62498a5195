-- How far people agree on each question.
SELECT toString(question) AS question, items, alpha, alpha_low, alpha_high, positive_agreement FROM label_agreement WHERE kind = 'QUESTION' ORDER BY question
