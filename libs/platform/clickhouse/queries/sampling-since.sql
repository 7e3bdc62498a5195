-- Time of the first prediction and begin of the first window in which something was drawn, milliseconds; null while there is none.
SELECT
    (SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(min(scored_at))) FROM prediction_scored) AS scored,
    (SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(min(window_from))) FROM sampling_drawn) AS drawn
