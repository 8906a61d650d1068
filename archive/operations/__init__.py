"""Operations: the schedule of visits, alarms, and the health of sites."""
